import { createRequire } from "node:module";
import type library from "@adyen/api-library/lib/src/security/nexoCrypto.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyMaterial, protect, unprotect } from "../../emulators/nexo-protection.ts";
import { seal, unseal } from "./nexo-crypto.ts";
import { diagnosisRequest } from "./nexo-requests.ts";
import { NexoError } from "./nexo-responses.ts";

const key = { passphrase: "kassahub-demo", identifier: "kassahub", version: 1 };
const header = {
	MessageCategory: "Payment",
	MessageType: "Response",
	ServiceID: "1",
	SaleID: "KASSA1",
	POIID: "V400m-1",
};
const answer = (body: object = {}): string => JSON.stringify({ SaleToPOIResponse: { MessageHeader: header, ...body } });
const sealed = (json = answer(), outer: Record<string, unknown> = header, own = key): string =>
	JSON.stringify({ SaleToPOIResponse: protect(json, outer, own) });

/** Section B4 of the sheet. */
const VECTOR = {
	plaintext:
		'{"SaleToPOIRequest":{"MessageHeader":{"ProtocolVersion":"3.0","MessageClass":"Service","MessageCategory":"TransactionStatus","MessageType":"Request","ServiceID":"0000000042","SaleID":"KASSA1","POIID":"V400m-123456789"}}}',
	hmac: "c3bp6jb5qv3YS3KXOF2iX8NlgEOPMnlhFcxnlpHUf7c=",
	nonce: "AAECAwQFBgcICQoLDA0ODw==",
	blob: "vnFkR17pXDldUDg3q0Iv2XJ5O+nDWWtfnxM22nnW4KICIfg/D0UajLJX6/irQjW2Xvm1+X/uS98Mly+iswqRgfAxsIaMUO9v9b4MrcUmWZRWEPYgLATwBQFE5KJME1o5MD25MPA9YahNho5RglCkYMo/8WqXLip4RR8QsbJLnmLth1BYimUnWGixHKu9ZLliDdez903fodwOoqqx5tOvGFWgdEo0+EEJ0tt1nsF3Pst2jPtdKY9Np74UkiV5Iu6f8yn5LS6FidTfWwVkf/oU5uuKOoAtBEzFuOGP8va63t8=",
};

describe("the sheet's test vector", () => {
	test("the terminal's side derives its key and makes its bytes", () => {
		const { hmac, cipher, iv } = keyMaterial(key.passphrase);
		expect(Buffer.concat([hmac, cipher, iv]).toString("hex")).toBe(
			"ff0ca0186e09cbccb0f2d43610838369176d02940fa93cb3f05f001232584264fbe43463bf656be1202d0842ddf10dd8ec40c9c40e72a86f89e3eba6c110fb02734b17bd316f95e06c56fce2c8d01cdd",
		);
		expect(VECTOR.plaintext).toHaveLength(220);
		const made = protect(VECTOR.plaintext, {}, key, Buffer.from(VECTOR.nonce, "base64"));
		expect(made).toMatchObject({ NexoBlob: VECTOR.blob, SecurityTrailer: { Hmac: VECTOR.hmac, Nonce: VECTOR.nonce } });
	});

	test("the module that the hub uses reads its bytes", () => {
		const load = createRequire(import.meta.url);
		const { default: NexoCrypto } = load("@adyen/api-library/lib/src/security/nexoCrypto.js") as typeof library;
		const { MessageHeader } = JSON.parse(VECTOR.plaintext).SaleToPOIRequest;
		const SecurityTrailer = { Hmac: VECTOR.hmac, Nonce: VECTOR.nonce };
		const own = { Passphrase: key.passphrase, KeyIdentifier: "k", KeyVersion: 1, AdyenCryptoVersion: 1 };
		expect(new NexoCrypto().decrypt({ MessageHeader, NexoBlob: VECTOR.blob, SecurityTrailer }, own)).toBe(
			VECTOR.plaintext,
		);
	});
});

test("what the hub seals the terminal opens, each time in other bytes, with nothing but the header in the clear", () => {
	fc.assert(
		fc.property(fc.string({ minLength: 1 }), fc.string(), (passphrase, saleId) => {
			const own = { ...key, passphrase };
			const request = diagnosisRequest({ serviceId: "7", saleId, poiId: "V400m-1" });
			const text = seal(request, own);
			const { SaleToPOIRequest: secured } = JSON.parse(text);
			expect(secured.MessageHeader).toEqual(request.SaleToPOIRequest.MessageHeader);
			expect(unprotect(secured, own)).toBe(JSON.stringify(request));
			expect(seal(request, own)).not.toBe(text);
			expect(text).not.toContain("HostDiagnosisFlag");
		}),
		{ numRuns: 20 },
	);
});

test("what the terminal seals the hub opens, whatever its characters", () => {
	fc.assert(
		fc.property(fc.string({ unit: "grapheme" }), (text) => {
			const json = answer({ Text: text });
			expect(unseal(sealed(json), key)).toBe(json);
		}),
		{ numRuns: 20 },
	);
});

describe("an answer is not taken", () => {
	const changed = (change: (secured: { SaleToPOIResponse: Record<string, Record<string, unknown>> }) => void) => {
		const value = JSON.parse(sealed());
		change(value);
		return JSON.stringify(value);
	};
	const trailed = (trailer: Record<string, unknown>) =>
		changed(({ SaleToPOIResponse }) => Object.assign(SaleToPOIResponse.SecurityTrailer ?? {}, trailer));

	test.each([
		["in the clear", answer(), "not encrypted"],
		["under another passphrase", sealed(answer(), header, { ...key, passphrase: "other" }), "changed on its way"],
		["under another key's name", sealed(answer(), header, { ...key, identifier: "other" }), "of key other"],
		["under another version of the key", sealed(answer(), header, { ...key, version: 2 }), "version 2"],
		["with another HMAC", trailed({ Hmac: Buffer.alloc(32).toString("base64") }), "changed on its way"],
		["with an HMAC that is cut off", trailed({ Hmac: "c3bp" }), "changed on its way"],
		["without an HMAC", trailed({ Hmac: "" }), "changed on its way"],
		["with a short nonce", trailed({ Nonce: "AAEC" }), "nonce"],
		["with another nonce", trailed({ Nonce: VECTOR.nonce }), "changed on its way"],
		["of another crypto version", trailed({ AdyenCryptoVersion: 2 }), "not encrypted"],
		["with a header in the clear that is another", sealed(answer(), { ...header, ServiceID: "2" }), "header"],
		["that is no JSON", "<html>", "no JSON"],
		["that is null", "null", "not encrypted"],
		["whose inside is no message", sealed("null"), "header"],
	])("%s", (_, text, words) => {
		expect(() => unseal(text, key)).toThrow(NexoError);
		expect(() => unseal(text, key)).toThrow(words);
	});

	test("with any one byte of it changed", () => {
		const blob: string = JSON.parse(sealed()).SaleToPOIResponse.NexoBlob;
		fc.assert(
			fc.property(fc.nat(blob.length - 5), (at) => {
				const flipped = `${blob.slice(0, at)}${blob[at] === "A" ? "B" : "A"}${blob.slice(at + 1)}`;
				const text = changed(({ SaleToPOIResponse }) => Object.assign(SaleToPOIResponse, { NexoBlob: flipped }));
				expect(() => unseal(text, key)).toThrow(NexoError);
			}),
			{ numRuns: 30 },
		);
	});
});

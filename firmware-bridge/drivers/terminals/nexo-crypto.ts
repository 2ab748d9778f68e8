/**
 * The protection of messages between hub and terminal (sheet B4): AES-256-CBC and HMAC-SHA256 under keys that both sides
 * derive from one passphrase. Adyen's own module does it; here is what it leaves to its caller.
 */
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import type library from "@adyen/api-library/lib/src/security/nexoCrypto.js";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import type { NexoRequest } from "./nexo-requests.ts";
import { NexoError, parseJson } from "./nexo-responses.ts";

// This one module: the whole library takes 48 MB of memory and a third of a second to load.
const load = createRequire(import.meta.url);
const NexoCrypto = (load("@adyen/api-library/lib/src/security/nexoCrypto.js") as typeof library).default;
const CRYPTO_VERSION = 1;
const NONCE_BYTES = 16;

export type SharedKey = { passphrase: string; identifier: string; version: number };

const Secured = Type.Object({
	SaleToPOIResponse: Type.Object({
		MessageHeader: Type.Object({}),
		NexoBlob: Type.String(),
		SecurityTrailer: Type.Object({
			KeyIdentifier: Type.String(),
			KeyVersion: Type.Integer(),
			AdyenCryptoVersion: Type.Literal(CRYPTO_VERSION),
			Hmac: Type.String(),
			Nonce: Type.String(),
		}),
	}),
});
const validator = Compile(Secured);

/** The request as it may pass the shop's network: its header in the clear, the whole of it encrypted. */
export function seal(request: NexoRequest, key: SharedKey): string {
	const header = request.SaleToPOIRequest.MessageHeader;
	// The library's types have numbers where its own messages, and Adyen's, have words.
	const words = header as unknown as Parameters<typeof NexoCrypto.encrypt>[0];
	return JSON.stringify({ SaleToPOIRequest: NexoCrypto.encrypt(words, JSON.stringify(request), libraryKey(key)) });
}

/** The answer in the clear. Throws NexoError where it is not protected by this key, was changed, or says who it is for twice and differently. */
export function unseal(text: string, key: SharedKey): string {
	const value = parseJson(text);
	if (!validator.Check(value)) throw new NexoError("the answer is not encrypted");
	const { MessageHeader, NexoBlob, SecurityTrailer } = value.SaleToPOIResponse;
	const { KeyIdentifier, KeyVersion, Nonce } = SecurityTrailer;
	if (KeyIdentifier !== key.identifier || KeyVersion !== key.version) {
		throw new NexoError(`the terminal uses version ${KeyVersion} of key ${KeyIdentifier.slice(0, 64)}`);
	}
	if (Buffer.from(Nonce, "base64").length !== NONCE_BYTES) throw new NexoError("the nonce has the wrong length");
	const json = decrypted({ NexoBlob, SecurityTrailer }, key);
	const inner = parseJson(json) as { SaleToPOIResponse?: { MessageHeader?: unknown } } | null;
	if (!isDeepStrictEqual(inner?.SaleToPOIResponse?.MessageHeader, MessageHeader)) {
		throw new NexoError("the header in the clear is not the one that was encrypted");
	}
	return json;
}

function decrypted(message: { NexoBlob: string; SecurityTrailer: object }, key: SharedKey): string {
	const secured = message as Parameters<InstanceType<typeof NexoCrypto>["decrypt"]>[0];
	try {
		return new NexoCrypto().decrypt(secured, libraryKey(key));
	} catch (error) {
		if (error instanceof TypeError) throw error;
		// Which of its steps failed would help nobody but who tries to break it.
		throw new NexoError("the answer was changed on its way, or the passphrase is not the terminal's");
	}
}

const libraryKey = ({ passphrase, identifier, version }: SharedKey) => ({
	Passphrase: passphrase,
	KeyIdentifier: identifier,
	KeyVersion: version,
	AdyenCryptoVersion: CRYPTO_VERSION,
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nexoWire } from "./nexo-wire.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const split = (...chunks: Uint8Array[]): string[] => {
	const splitter = nexoWire.frames("in");
	return chunks.flatMap((chunk) => splitter.push(chunk)).map((frame) => Buffer.from(frame).toString());
};
const maskedText = (text: string): string => Buffer.from(nexoWire.mask?.(bytes(text), "in") ?? []).toString();

const SEALED =
	'{"SaleToPOIResponse":{"MessageHeader":{"MessageCategory":"Payment","ServiceID":"41"},"NexoBlob":"aGFsbG8=","SecurityTrailer":{"KeyVersion":1,"KeyIdentifier":"k","Hmac":"c2VjcmV0","Nonce":"AAEC","AdyenCryptoVersion":1}}}';

describe("frames", () => {
	test("messages split at any byte, and two in one chunk, come out as they went in", () => {
		const text = '{"a":"}{\\"","b":{"c":[{}]}}';
		for (let at = 0; at <= text.length; at++)
			expect(split(bytes(text.slice(0, at)), bytes(text.slice(at)))).toEqual([text]);
		expect(split(bytes(text + text))).toEqual([text, text]);
	});

	test("what is no message comes out by itself, and within a bound", () => {
		expect(split(bytes('<html>{"a":1}'))).toEqual(["<html>", '{"a":1}']);
		for (const frame of split(new Uint8Array(3_000_000).fill(0x41)))
			expect(frame.length).toBeLessThanOrEqual(1_000_000);
	});
});

describe("for people", () => {
	test("an encrypted message shows who it is from and what it is about, and stays encrypted", () => {
		expect(nexoWire.explain(bytes(SEALED), "in")).toEqual({
			SaleToPOIResponse: {
				MessageHeader: { MessageCategory: "Payment", ServiceID: "41" },
				NexoBlob: "(8 characters)",
				SecurityTrailer: { KeyVersion: 1, KeyIdentifier: "k", Hmac: "…", Nonce: "…", AdyenCryptoVersion: 1 },
			},
		});
	});

	test("what the recorder kept says the same as what passed", () => {
		expect(JSON.parse(maskedText(SEALED))).toEqual(nexoWire.explain(bytes(SEALED), "in"));
		expect(maskedText(maskedText(SEALED))).toBe(maskedText(SEALED));
	});

	test("a message that was cut off says what can still be read of it", () => {
		expect(nexoWire.explain(bytes(SEALED.slice(0, 90)), "in")).toEqual({
			cutOffAfter: 90,
			MessageCategory: "Payment",
			ServiceID: "41",
		});
		expect(() => nexoWire.explain(bytes("<html>"), "in")).toThrow("no JSON object");
	});
});

test("no card number, receipt or acquirer's word on a card is kept, wherever it stands", () => {
	const digits = fc
		.array(fc.integer({ min: 0, max: 9 }), { minLength: 13, maxLength: 19 })
		.map((each) => each.join(""));
	fc.assert(
		fc.property(digits, fc.string(), (number, before) => {
			const message = JSON.stringify({
				SaleToPOIResponse: {
					[`x${number}`]: `${before}${number}`,
					PaymentResult: { CardData: { MaskedPan: number, SensitiveCardData: { ExpiryDate: "1228" } } },
					PaymentReceipt: [{ OutputContent: { OutputText: [{ Text: "JANSEN" }] } }],
					Response: { AdditionalResponse: "cardHolderName=JANSEN&expiryDate=12%2f2028" },
				},
			});
			for (const text of [maskedText(message), maskedText(`${message}}`), maskedText(message.slice(0, -1))]) {
				expect(text).not.toContain(number);
			}
			const shown = JSON.stringify(nexoWire.explain(bytes(message), "in"));
			for (const secret of [number, "JANSEN", "1228", "2028"]) expect(shown).not.toContain(secret);
		}),
	);
});

test("any bytes at all, and any depth, are explained or refused by name", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
			const splitter = nexoWire.frames("out");
			for (const frame of splitter.push(noise)) nexoWire.mask?.(frame, "out");
			splitter.discard();
		}),
	);
	const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
	expect(maskedText(deep).length).toBeLessThan(1000);
});

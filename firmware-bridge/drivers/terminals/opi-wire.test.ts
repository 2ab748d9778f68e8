import fc from "fast-check";
import { expect, test } from "vitest";
import { frameOf } from "./opi-frames.ts";
import { opiWire } from "./opi-wire.ts";

const framed = (body: string): Uint8Array => frameOf(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
const mask = (frame: Uint8Array): Uint8Array => opiWire.mask?.(frame, "in") ?? frame;

test("a frame says its message, its attributes and its elements", () => {
	const frame = framed(
		'<CardServiceResponse xmlns="http://www.nrf-arts.org/IXRetail/namespace" RequestType="CardPayment" OverallResult="Success"><Terminal STAN="000042"/><Tender><TotalAmount Currency="EUR">19.95</TotalAmount></Tender><PrivateData><ErrorText>a</ErrorText><ErrorText>b</ErrorText></PrivateData></CardServiceResponse>',
	);
	expect(opiWire.explain(frame, "in")).toEqual({
		message: "CardServiceResponse",
		RequestType: "CardPayment",
		OverallResult: "Success",
		Terminal: { STAN: "000042" },
		Tender: { TotalAmount: { Currency: "EUR", text: "19.95" } },
		PrivateData: { ErrorText: ["a", "b"] },
	});
});

test("a frame that the recorder kept the first part of says what can still be read of it", () => {
	const frame = framed(
		`<CardServiceResponse RequestType="CardPayment"><Terminal STAN="000042"/>${" ".repeat(600)}</CardServiceResponse>`,
	);
	expect(opiWire.explain(frame.subarray(0, 512), "in")).toEqual({
		message: "CardServiceResponse",
		RequestType: "CardPayment",
		Terminal: { STAN: "000042" },
		cutOffAfter: 508,
	});
	expect(() => opiWire.explain(frame.subarray(0, 30), "in")).toThrow("cut off");
});

test("a card's number, stripe and expiry are not kept, wherever a terminal puts them; the frame stays as long", () => {
	const digits = fc
		.array(fc.integer({ min: 0, max: 9 }), { minLength: 13, maxLength: 19 })
		.map((each) => each.join(""));
	fc.assert(
		fc.property(digits, digits, (number, discretionary) => {
			const frame = framed(
				`<R><Tender><Authorisation CardPAN="${number}"/></Tender><CardValue><ExpiryDate>12/28</ExpiryDate><Track1>%B${number}^JANSEN/A ^2812</Track1><Track2>;${number}=2812${discretionary}?</Track2><CardPAN>${number}</CardPAN></CardValue><TextLine>${number.replace(/(\d{4})(?=\d)/g, "$1 ")}</TextLine></R>`,
			);
			const kept = mask(frame);
			expect(kept).toHaveLength(frame.length);
			const shown = JSON.stringify(opiWire.explain(frame, "in"));
			for (const text of [Buffer.from(kept).toString("latin1"), shown]) {
				expect(text.replaceAll(" ", "")).not.toContain(number);
				for (const secret of ["12/28", "JANSEN", "2812"]) expect(text).not.toContain(secret);
			}
			expect(opiWire.explain(kept, "in")).toEqual(opiWire.explain(frame, "in"));
		}),
	);
});

test("any bytes at all are explained or refused by name", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
			for (const frame of opiWire.frames("in").push(noise)) {
				expect(() => opiWire.explain(mask(frame), "in")).toThrow(/./);
			}
		}),
	);
});

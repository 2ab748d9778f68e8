import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	decodeMessage,
	encodeCardServiceRequest,
	encodeDeviceResponse,
	encodeServiceRequest,
	type Message,
} from "./opi-codec.ts";
import { frameOf, splitFrames, xmlOf } from "./opi-frames.ts";
import { parseXml, xml } from "./opi-xml.ts";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const framed = (body: string, declaration = DECLARATION): Uint8Array => frameOf(declaration + body);
const textOf = (frame: Uint8Array): string => Buffer.from(xmlOf(frame) ?? []).toString("utf8");
const prefixOf = (frame: Uint8Array): string => Buffer.from(frame.subarray(0, 4)).toString("hex");
const split = (...chunks: Uint8Array[]): Uint8Array[] => {
	const splitter = splitFrames();
	return chunks.flatMap((chunk) => splitter.push(chunk));
};
const responseOf = (message: Message): Extract<Message, { kind: "response" }> => {
	if (message.kind !== "response") throw new Error(JSON.stringify(message));
	return message;
};

/** Section A5 of the sheet. */
const E3 =
	'<DeviceRequest RequestType="Output" RequestID="1" WorkstationID="KASSA1" SequenceID="1" TerminalID="31000042" ApplicationSender="EMU"><Output OutDeviceTarget="CashierDisplay"><TextLine Row="0" Column="0">Bied kaart aan</TextLine></Output></DeviceRequest>';
const E4 =
	'<DeviceResponse xmlns="http://www.nrf-arts.org/IXRetail/namespace" RequestType="Output" ApplicationSender="Kassahub" WorkstationID="KASSA1" RequestID="1" OverallResult="Success"><Output OutDeviceTarget="CashierDisplay" OutResult="Success"/></DeviceResponse>';
const E5 =
	'<CardServiceResponse xmlns="http://www.nrf-arts.org/IXRetail/namespace" RequestType="CardPayment" WorkstationID="KASSA1" RequestID="1002" OverallResult="Success"><Terminal TerminalID="31000042" STAN="000042"/><Tender><TotalAmount Currency="EUR">19.95</TotalAmount><Authorisation AuthorisationType="Online" CardCircuit="Maestro" CardPAN="************1234" ReceiptNumber="17" ApprovalCode="A1B2C3" ActionCode="0" TimeStamp="2026-11-24T14:32:07+01:00"/></Tender></CardServiceResponse>';

describe("the sheet's examples", () => {
	test("E1, a login, byte by byte", () => {
		const frame = encodeServiceRequest({
			type: "Login",
			workstation: "KASSA1",
			requestId: "1001",
			at: "2026-11-24T14:30:00+01:00",
		});
		expect(Buffer.from(frame.subarray(0, 16)).toString("hex")).toBe("0000011d3c3f786d6c2076657273696f");
		expect(textOf(frame)).toBe(
			`${DECLARATION}<ServiceRequest xmlns="http://www.nrf-arts.org/IXRetail/namespace" RequestType="Login" ApplicationSender="Kassahub" WorkstationID="KASSA1" RequestID="1001"><POSdata><POSTimeStamp>2026-11-24T14:30:00+01:00</POSTimeStamp></POSdata></ServiceRequest>`,
		);
	});

	test("E2, a payment, byte by byte", () => {
		const frame = encodeCardServiceRequest({
			type: "CardPayment",
			workstation: "KASSA1",
			requestId: "1002",
			at: "2026-11-24T14:31:00+01:00",
			transactionNumber: "42",
			amount: 1995,
		});
		expect(prefixOf(frame)).toBe("00000183");
		expect(textOf(frame)).toBe(
			`${DECLARATION}<CardServiceRequest xmlns="http://www.nrf-arts.org/IXRetail/namespace" RequestType="CardPayment" ApplicationSender="Kassahub" WorkstationID="KASSA1" RequestID="1002"><POSdata><POSTimeStamp>2026-11-24T14:31:00+01:00</POSTimeStamp><TransactionNumber>42</TransactionNumber></POSdata><TotalAmount Currency="EUR">19.95</TotalAmount></CardServiceRequest>`,
		);
	});

	test("E3, what the terminal wants shown, and E4, its answer", () => {
		expect(prefixOf(framed(E3))).toBe("00000125");
		const message = decodeMessage(framed(E3));
		if (message.kind !== "device-request") throw new Error(JSON.stringify(message));
		expect(message).toMatchObject({ type: "Output", requestId: "1", workstation: "KASSA1" });
		expect(message.outputs).toEqual([{ target: "CashierDisplay", lines: ["Bied kaart aan"] }]);
		const answer = encodeDeviceResponse(message, "Success", []);
		expect(prefixOf(answer)).toBe("00000128");
		expect(textOf(answer)).toBe(DECLARATION + E4);
	});

	test("E5, an approval", () => {
		expect(prefixOf(framed(E5))).toBe("00000208");
		expect(decodeMessage(framed(E5))).toEqual({
			kind: "response",
			type: "CardPayment",
			result: "Success",
			requestId: "1002",
			workstation: "KASSA1",
			totals: undefined,
			transaction: {
				stan: "000042",
				terminalId: "31000042",
				amount: 1995,
				brand: "Maestro",
				pan: "************1234",
				receiptNumber: "17",
				approvalCode: "A1B2C3",
				at: "2026-11-24T14:32:07+01:00",
			},
		});
	});

	test("E6, a refusal with the maker's own code", () => {
		const refused = E5.replace('"Success"', '"Failure"').replace(
			"</CardServiceResponse>",
			"<PrivateData><ErrorCode>55</ErrorCode><ErrorText>PIN fout</ErrorText></PrivateData></CardServiceResponse>",
		);
		const response = responseOf(decodeMessage(framed(refused)));
		expect(response).toMatchObject({ result: "Failure", transaction: { reason: "55 PIN fout" } });
	});

	test("a reversal names the transaction by its STAN", () => {
		const frame = encodeCardServiceRequest({
			type: "PaymentReversal",
			workstation: "KASSA1",
			requestId: "7",
			at: "2026-11-24T14:31:00+01:00",
			amount: 3950,
			stan: "29",
		});
		expect(textOf(frame)).toContain(
			'<TotalAmount Currency="EUR">39.50</TotalAmount><OriginalTransaction STAN="29"/></CardServiceRequest>',
		);
	});
});

describe("what terminals do differently", () => {
	test("Authorization with a z, prefixes, no namespace, single quotes, CDATA", () => {
		const other = `<ns:CardServiceResponse xmlns:ns="urn:other" RequestType='CardPayment' RequestID='9' OverallResult='Success'><ns:Tender><ns:Authorization CardCircuit='VISA' ApprovalCode='1'/><ns:TotalAmount Currency='EUR'><![CDATA[39.5]]></ns:TotalAmount></ns:Tender></ns:CardServiceResponse>`;
		expect(responseOf(decodeMessage(framed(other))).transaction).toEqual({
			amount: 3950,
			brand: "VISA",
			approvalCode: "1",
		});
	});

	test.each([
		["UTF-8 declared and sent", "UTF-8", "utf8"],
		["ISO-8859-1 declared and sent", "ISO-8859-1", "latin1"],
		["UTF-8 declared, ISO-8859-1 sent", "UTF-8", "latin1"],
		["ISO-8859-1 declared, UTF-8 sent", "ISO-8859-1", "utf8"],
	] as const)("%s: the text is the same", (_, declared, sent) => {
		const body = Buffer.from(
			`<?xml version="1.0" encoding="${declared}"?><DeviceRequest RequestType="Output" RequestID="1"><Output OutDeviceTarget="CashierDisplay"><TextLine>Één café, ß</TextLine></Output></DeviceRequest>`,
			sent,
		);
		const frame = Buffer.concat([Buffer.from([0, 0, body.length >> 8, body.length & 255]), body]);
		expect(decodeMessage(frame)).toMatchObject({ outputs: [{ lines: ["Één café, ß"] }] });
	});

	test("control characters in a receipt do not spoil it", () => {
		const receipt = E3.replace("Bied kaart aan", "\u001b!Bied\u000ekaart");
		expect(decodeMessage(framed(receipt))).toMatchObject({ outputs: [{ lines: [" !Bied kaart"] }] });
	});

	test("of an unmasked card number only the last four digits are left", () => {
		const bare = E5.replace("************1234", "4111111111111111");
		expect(responseOf(decodeMessage(framed(bare))).transaction.pan).toBe("************1111");
	});

	test("an output to the printer without text is kept apart from one with text", () => {
		const ready =
			'<DeviceRequest RequestType="Output" RequestID="1"><Output OutDeviceTarget="Printer"/></DeviceRequest>';
		expect(decodeMessage(framed(ready))).toMatchObject({
			outputs: [{ target: "Printer", lines: [] }],
			input: undefined,
		});
	});

	test("totals are payments less refunds, over all cards", () => {
		const day = `<ServiceResponse RequestType="ReconciliationWithClosure" RequestID="3" OverallResult="Success"><Reconciliation><TotalAmount NumberPayments="12" PaymentType="Debit" Currency="EUR" CardCircuit="Maestro">240.10</TotalAmount><TotalAmount NumberPayments="1" PaymentType="Credit" Currency="EUR" CardCircuit="Maestro">19.95</TotalAmount><TotalAmount NumberPayments="2" PaymentType="Debit" Currency="EUR" CardCircuit="VISA">39.5</TotalAmount></Reconciliation></ServiceResponse>`;
		expect(responseOf(decodeMessage(framed(day))).totals).toEqual({ count: 15, amount: 24010 - 1995 + 3950 });
	});
});

describe("what is refused by name", () => {
	test.each([
		["dollars", E5.replace("EUR", "USD")],
		["a part of a cent", E5.replace("19.95", "19.955")],
		["an amount with a comma", E5.replace("19.95", "19,95")],
		["a result nobody knows", E5.replace('"Success"', '"Perhaps"')],
		["no result", E5.replace(' OverallResult="Success"', "")],
		["another root", "<Hello/>"],
		["an element that is not closed", E5.replace("</Tender>", "")],
		["two roots", `${E3}${E3}`],
		["a document type", `<!DOCTYPE a [<!ENTITY b "c">]>${E5}`],
		["an entity of one's own", E3.replace("Bied", "&bied;")],
		["nothing", ""],
		["depth without end", "<a>".repeat(100_000 / 10)],
	])("%s", (_, body) => {
		expect(decodeMessage(framed(body, "")).kind).toBe("garbled");
	});

	test("a length that is not the message's", () => {
		const frame = framed(E5);
		for (const change of [-1, 1]) {
			const wrong = Uint8Array.from(frame);
			wrong[3] = (wrong[3] ?? 0) + change;
			expect(decodeMessage(wrong)).toEqual({
				kind: "garbled",
				detail: "the length before a message is not that of the message",
			});
		}
	});

	test("any bytes at all", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
				for (const frame of split(noise)) expect(decodeMessage(frame).kind).toBe("garbled");
				expect(decodeMessage(Uint8Array.of(0, 0, 0, noise.length, ...noise)).kind).toBe("garbled");
			}),
		);
	});

	test("any change of a byte gives a value or a name, never an exception", () => {
		const frame = framed(E5);
		fc.assert(
			fc.property(fc.nat(frame.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
				const changed = Uint8Array.from(frame);
				changed[at] = byte;
				for (const piece of split(changed)) expect(["response", "garbled"]).toContain(decodeMessage(piece).kind);
			}),
		);
	});
});

describe("frames", () => {
	test("split at any byte, and two in one chunk, come out as they went in", () => {
		const frame = framed(E3);
		for (let at = 0; at <= frame.length; at++) {
			expect(split(frame.subarray(0, at), frame.subarray(at))).toEqual([frame]);
		}
		expect(split(Buffer.concat([frame, framed(E5), frame]))).toEqual([frame, framed(E5), frame]);
	});

	test("a message that was cut off spoils itself and not the one after it", () => {
		const whole = framed(E5);
		for (const length of [5, 40, framed(E3).length - 1]) {
			const frames = split(Buffer.concat([framed(E3).subarray(0, length), whole]));
			expect(frames.at(-1)).toEqual(whole);
			expect(decodeMessage(frames[0] as Uint8Array).kind).toBe("garbled");
		}
	});

	test("an endless stream is cut, not kept", () => {
		const frames = split(new Uint8Array(1_000_000).fill(0x41));
		expect(Math.max(...frames.map((frame) => frame.length))).toBeLessThanOrEqual(0xffff + 4);
	});
});

test("any text goes out and comes in as it was, whatever XML makes of its characters", () => {
	fc.assert(
		fc.property(fc.string({ unit: fc.constantFrom(..."aé€𝄞 &<>\"'\t\n\r]") }), (text) => {
			const { markup } = xml("Receipt", { Line: text, Left: undefined }, text, xml("Cut"));
			expect(parseXml(Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${markup}`))).toEqual({
				name: "Receipt",
				attributes: { Line: text },
				text,
				children: [{ name: "Cut", attributes: {}, text: "", children: [] }],
			});
		}),
	);
});

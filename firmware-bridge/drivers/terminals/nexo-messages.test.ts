import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { abortRequest, paymentRequest, reversalRequest, transactionStatusRequest } from "./nexo-requests.ts";
import { decodeResponse, NexoError } from "./nexo-responses.ts";

const to = { serviceId: "0000000041", saleId: "KASSA1", poiId: "V400m-123456789" };
const header = (category: string, serviceId = "0000000041") =>
	`{"ProtocolVersion":"3.0","MessageClass":"Service","MessageCategory":"${category}","MessageType":"Response","ServiceID":"${serviceId}","SaleID":"KASSA1","POIID":"V400m-123456789"}`;
const payment = (content: string, category = "Payment", name = "PaymentResponse"): string =>
	`{"SaleToPOIResponse":{"MessageHeader":${header(category)},"${name}":${content}}}`;
const transactionOf = (json: string) => {
	const response = decodeResponse(json);
	if (response.kind !== "transaction") throw new Error(response.kind);
	return response.transaction;
};

describe("the sheet's examples (B3, B5)", () => {
	test("a payment, byte by byte", () => {
		expect(JSON.stringify(paymentRequest(to, "pay", 1995, { id: "42", at: "2026-11-24T13:31:00Z" }))).toBe(
			'{"SaleToPOIRequest":{"MessageHeader":{"ProtocolVersion":"3.0","MessageClass":"Service","MessageCategory":"Payment","MessageType":"Request","ServiceID":"0000000041","SaleID":"KASSA1","POIID":"V400m-123456789"},"PaymentRequest":{"SaleData":{"SaleTransactionID":{"TransactionID":"42","TimeStamp":"2026-11-24T13:31:00Z"}},"PaymentTransaction":{"AmountsReq":{"Currency":"EUR","RequestedAmount":19.95}}}}}',
		);
	});

	test("an abort and a status request name the payment by its own ServiceID", () => {
		const beside = { ...to, serviceId: "0000000042" };
		expect(abortRequest(beside, "Payment", "0000000041").SaleToPOIRequest).toMatchObject({
			MessageHeader: { MessageCategory: "Abort", ServiceID: "0000000042" },
			AbortRequest: {
				AbortReason: "MerchantAbort",
				MessageReference: {
					MessageCategory: "Payment",
					SaleID: "KASSA1",
					POIID: "V400m-123456789",
					ServiceID: "0000000041",
				},
			},
		});
		expect(transactionStatusRequest(beside, "Payment", "0000000041").SaleToPOIRequest).toMatchObject({
			MessageHeader: { MessageCategory: "TransactionStatus", ServiceID: "0000000042" },
			TransactionStatusRequest: {
				ReceiptReprintFlag: true,
				DocumentQualifier: ["CashierReceipt", "CustomerReceipt"],
				MessageReference: { MessageCategory: "Payment", SaleID: "KASSA1", ServiceID: "0000000041" },
			},
		});
	});

	test("a reversal names the payment as the terminal does", () => {
		const sale = { id: "43", at: "2026-11-24T13:35:00Z" };
		const original = { transactionId: "kh01.1", at: "2026-11-24T13:31:20Z" };
		expect(reversalRequest(to, original, sale).SaleToPOIRequest.ReversalRequest).toEqual({
			SaleData: { SaleTransactionID: { TransactionID: "43", TimeStamp: "2026-11-24T13:35:00Z" } },
			OriginalPOITransaction: {
				POITransactionID: { TransactionID: "kh01.1", TimeStamp: "2026-11-24T13:31:20Z" },
			},
			ReversalReason: "MerchantCancel",
		});
	});

	test("a payment that the shopper cancelled", () => {
		const json = payment(
			'{"Response":{"Result":"Failure","ErrorCondition":"Cancel"},"SaleData":{"SaleTransactionID":{"TransactionID":"42","TimeStamp":"2026-11-24T13:31:00Z"}},"POIData":{"POITransactionID":{"TransactionID":"kh01.1","TimeStamp":"2026-11-24T13:31:20Z"}}}',
		);
		expect(decodeResponse(json)).toMatchObject({
			kind: "transaction",
			header: { ServiceID: "0000000041", MessageCategory: "Payment" },
			transaction: {
				verdict: { result: "Failure", condition: "Cancel" },
				amount: undefined,
				reference: { transactionId: "kh01.1", at: "2026-11-24T13:31:20Z", terminalId: "V400m-123456789" },
			},
		});
	});

	test("a payment that the terminal never got", () => {
		const json = payment(
			'{"Response":{"Result":"Failure","ErrorCondition":"NotFound"}}',
			"TransactionStatus",
			"TransactionStatusResponse",
		);
		expect(decodeResponse(json)).toEqual({
			kind: "status",
			header: expect.anything(),
			verdict: { result: "Failure", condition: "NotFound" },
		});
	});
});

describe("amounts", () => {
	test("every amount goes out with the digits of its cents, and comes in with them", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 100_000_000 }), (cents) => {
				const json = JSON.stringify(paymentRequest(to, "pay", cents, { id: "1", at: "" }));
				const sent = /"RequestedAmount":([\d.]+)\}/.exec(json)?.[1] ?? "";
				expect(sent).not.toMatch(/\.\d{3}/);
				const back = payment(
					`{"Response":{"Result":"Success"},"PaymentResult":{"AmountsResp":{"Currency":"EUR","AuthorizedAmount":${sent}}}}`,
				);
				expect(transactionOf(back).amount).toBe(cents);
			}),
		);
	});

	test.each([
		["1995e-2", 1995],
		["19.950", 1995],
		["2e1", 2000],
		["19.955", undefined],
		["-19.95", undefined],
		["1e30", undefined],
	])("%s is %s cents", (amount, cents) => {
		const json = payment(
			`{"Response":{"Result":"Success"},"PaymentResult":{"AmountsResp":{"Currency":"EUR","AuthorizedAmount":${amount}}}}`,
		);
		expect(transactionOf(json).amount).toBe(cents);
	});

	test("another currency than the euro is no amount", () => {
		const json = payment(
			'{"Response":{"Result":"Success"},"PaymentResult":{"AmountsResp":{"Currency":"GBP","AuthorizedAmount":19.95}}}',
		);
		expect(transactionOf(json).amount).toBeUndefined();
	});
});

test("a receipt's texts are decoded, and parts of one line put together", () => {
	const texts = [
		{ Text: "name=Date&value=29%2f04%2f19&key=txdate", EndOfLineFlag: true },
		{ Text: "name=TOTAL&key=totalAmount", EndOfLineFlag: false },
		{ Text: "name=&value=%E2%82%AC%2019.95&key=amount" },
		{ Text: "key=filler" },
		{ Text: "Bedankt!" },
		{ Text: "name=Kaart&value=4111111111111111&key=pan" },
	];
	const json = payment(
		JSON.stringify({
			Response: { Result: "Success" },
			PaymentReceipt: [
				{ DocumentQualifier: "CustomerReceipt", OutputContent: { OutputText: texts } },
				{ DocumentQualifier: "CashierReceipt", RequiredSignatureFlag: true },
			],
		}),
	);
	expect(transactionOf(json)).toMatchObject({
		receipts: [
			{
				for: "customer",
				lines: ["Date  29/04/19", "TOTAL € 19.95", "", "Bedankt!", "Kaart  ************1111"],
			},
		],
		reason: "the merchant's receipt has to be signed",
	});
});

describe("what is refused by name", () => {
	test.each([
		["no JSON", "<html>"],
		["another message", '{"SaleToPOIRequest":{}}'],
		["no header", '{"SaleToPOIResponse":{"PaymentResponse":{"Response":{"Result":"Success"}}}}'],
		["no body", `{"SaleToPOIResponse":{"MessageHeader":${header("Payment")}}}`],
		["a result that nexo does not have", payment('{"Response":{"Result":"Perhaps"}}')],
		[
			"an amount as a text",
			payment(
				'{"Response":{"Result":"Success"},"PaymentResult":{"AmountsResp":{"Currency":"EUR","AuthorizedAmount":"19.95"}}}',
			),
		],
		["null", "null"],
	])("%s", (_, json) => {
		expect(() => decodeResponse(json)).toThrow(NexoError);
	});

	test("any text at all, and any JSON in the place of a body", () => {
		fc.assert(
			fc.property(fc.string(), fc.json(), (text, json) => {
				expect(() => decodeResponse(text)).toThrow(NexoError);
				try {
					expect(decodeResponse(payment(json))).toHaveProperty("kind");
				} catch (error) {
					expect(error).toBeInstanceOf(NexoError);
				}
			}),
		);
	});
});

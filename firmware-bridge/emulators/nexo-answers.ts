/** What an Adyen terminal answers, from the protocol sheet (B2, B3, B5). */

export type Header = {
	ProtocolVersion: string;
	MessageClass: string;
	MessageCategory: string;
	MessageType: string;
	ServiceID: string;
	SaleID: string;
	POIID: string;
};

export type Request = { header: Header; body: Record<string, unknown> };

/** Throws where a terminal would answer MessageFormat. */
export function readRequest(json: string): Request {
	const { SaleToPOIRequest } = JSON.parse(json) as { SaleToPOIRequest: { MessageHeader: Header } };
	const { MessageHeader: header, ...body } = SaleToPOIRequest;
	if (!/^.{1,10}$/.test(header.ServiceID) || header.ProtocolVersion !== "3.0") throw new Error("MessageFormat");
	return { header, body };
}

export type Body = Record<string, unknown>;

export const answer = (header: Header, body: Body): string =>
	JSON.stringify({ SaleToPOIResponse: { MessageHeader: { ...header, MessageType: "Response" }, ...body } });

export const failure = (name: string, condition: string): Body => ({
	[name]: {
		Response: { Result: "Failure", ErrorCondition: condition, AdditionalResponse: `message=${condition}` },
	},
});

/** 19.95 for 1995 cents. */
export const amountOf = (cents: number): number =>
	Number(`${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`);

export const centsOf = (amount: number): number => {
	const [euros = "0", cents = ""] = String(amount).split(".");
	return Number(euros + cents.padEnd(2, "0"));
};

const line = (name: string, value: string): Record<string, unknown> => ({
	Text: new URLSearchParams({ name, value, key: name.toLowerCase() }).toString(),
	EndOfLineFlag: true,
});

const receipt = (qualifier: string, cents: number, needsSignature: boolean): Record<string, unknown> => ({
	DocumentQualifier: qualifier,
	RequiredSignatureFlag: needsSignature,
	OutputContent: {
		OutputFormat: "Text",
		OutputText: [
			{ Text: "key=header1", EndOfLineFlag: true },
			line("Café de Emulator", ""),
			line("Datum", "29/04/26"),
			{ Text: "name=TOTAAL&key=totalAmount", EndOfLineFlag: false },
			line("", `€ ${(cents / 100).toFixed(2)}`),
		],
	},
});

export type Payment = {
	result: "Success" | "Partial";
	transactionId: string;
	at: string;
	/** Cents. */
	amount: number;
	needsSignature: boolean;
	saleData: unknown;
};

export const paymentBody = ({ result, transactionId, at, amount, needsSignature, saleData }: Payment): Body => ({
	PaymentResponse: {
		Response: { Result: result, AdditionalResponse: "tid=47069832&expiryDate=12%2f2028&cardBin=541333" },
		SaleData: saleData,
		POIData: { POITransactionID: { TransactionID: transactionId, TimeStamp: at }, POIReconciliationID: "1000" },
		PaymentResult: {
			OnlineFlag: true,
			PaymentInstrumentData: {
				PaymentInstrumentType: "Card",
				CardData: { MaskedPan: "541333 **** 9999", PaymentBrand: "mc", EntryMode: ["Contactless"] },
			},
			PaymentAcquirerData: { MerchantID: "Kassahub", AcquirerPOIID: "V400m-123456789", ApprovalCode: "123456" },
			AmountsResp: { Currency: "EUR", AuthorizedAmount: amountOf(amount) },
		},
		PaymentReceipt: [receipt("CashierReceipt", amount, needsSignature), receipt("CustomerReceipt", amount, false)],
	},
});

export const reversalBody = (transactionId: string, at: string): Body => ({
	ReversalResponse: {
		Response: { Result: "Success" },
		POIData: { POITransactionID: { TransactionID: transactionId, TimeStamp: at } },
	},
});

export const totalsBody = (totals: readonly { type: string; count: number; amount: number }[]): Body => ({
	ReconciliationResponse: {
		Response: { Result: "Success" },
		ReconciliationType: "SaleReconciliation",
		TransactionTotals: [
			{
				PaymentInstrumentType: "Card",
				PaymentCurrency: "EUR",
				PaymentTotals: totals.map(({ type, count, amount }) => ({
					TransactionType: type,
					TransactionCount: count,
					TransactionAmount: amountOf(amount),
				})),
			},
		],
	},
});

/** What a terminal answers over nexo (sheet B2, B3), each field of use checked, all others ignored. */
import type { TerminalReceipt } from "@kassahub/contracts/terminal-answer.ts";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import { centsOf } from "./amounts.ts";
import type { Facts } from "./answer.ts";
import { lastFourOf } from "./card-numbers.ts";
import { nexoReceipt } from "./nexo-receipts.ts";

const text = Type.Optional(Type.String());
const TransactionId = Type.Optional(Type.Object({ TransactionID: text, TimeStamp: text }));

const Response = Type.Object({
	Result: Type.Enum(["Success", "Partial", "Failure"]),
	ErrorCondition: text,
	AdditionalResponse: text,
});

const Header = Type.Object({
	MessageCategory: Type.String(),
	MessageType: Type.String(),
	ServiceID: Type.String(),
	SaleID: Type.String(),
	POIID: Type.String(),
});
export type ResponseHeader = Static<typeof Header>;

const POIData = Type.Optional(Type.Object({ POITransactionID: TransactionId }));

const Receipts = Type.Optional(
	Type.Array(
		Type.Object({
			DocumentQualifier: Type.String(),
			RequiredSignatureFlag: Type.Optional(Type.Boolean()),
			OutputContent: Type.Optional(
				Type.Object({
					OutputText: Type.Optional(
						Type.Array(Type.Object({ Text: text, EndOfLineFlag: Type.Optional(Type.Boolean()) })),
					),
				}),
			),
		}),
	),
);

const PaymentResponse = Type.Object({
	Response,
	POIData,
	PaymentResult: Type.Optional(
		Type.Object({
			AmountsResp: Type.Optional(Type.Object({ AuthorizedAmount: Type.Optional(Type.Number()), Currency: text })),
			PaymentInstrumentData: Type.Optional(
				Type.Object({
					CardData: Type.Optional(
						Type.Object({
							MaskedPan: text,
							PaymentBrand: text,
							EntryMode: Type.Optional(Type.Array(Type.String())),
						}),
					),
				}),
			),
			PaymentAcquirerData: Type.Optional(Type.Object({ ApprovalCode: text })),
		}),
	),
	PaymentReceipt: Receipts,
});

const ReversalResponse = Type.Object({
	Response,
	POIData,
	ReversedAmount: Type.Optional(Type.Number()),
	PaymentReceipt: Receipts,
});

const Total = Type.Object({
	TransactionType: Type.String(),
	TransactionCount: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
	TransactionAmount: Type.Number(),
});

const SaleToPOIResponse = Type.Object({
	SaleToPOIResponse: Type.Object({
		MessageHeader: Header,
		PaymentResponse: Type.Optional(PaymentResponse),
		ReversalResponse: Type.Optional(ReversalResponse),
		TransactionStatusResponse: Type.Optional(
			Type.Object({
				Response,
				RepeatedMessageResponse: Type.Optional(
					Type.Object({
						MessageHeader: Header,
						RepeatedResponseMessageBody: Type.Object({
							PaymentResponse: Type.Optional(PaymentResponse),
							ReversalResponse: Type.Optional(ReversalResponse),
						}),
					}),
				),
			}),
		),
		DiagnosisResponse: Type.Optional(
			Type.Object({
				Response,
				POIStatus: Type.Optional(Type.Object({ GlobalStatus: text, PrinterStatus: text })),
			}),
		),
		ReconciliationResponse: Type.Optional(
			Type.Object({
				Response,
				TransactionTotals: Type.Optional(
					Type.Array(Type.Object({ PaymentCurrency: text, PaymentTotals: Type.Optional(Type.Array(Total)) })),
				),
			}),
		),
	}),
});
const validator = Compile(SaleToPOIResponse);

/** Why an answer is none. */
export class NexoError extends Error {
	constructor(reason: string) {
		super(reason);
		this.name = "NexoError";
	}
}

export type Verdict = { result: "Success" | "Partial" | "Failure"; condition: string | undefined };

/** What a payment, refund or reversal came to. `amount`: cents, where the terminal says so in euro. */
export type Transaction = Facts & { verdict: Verdict; amount: number | undefined };

export type NexoResponse = { header: ResponseHeader } & (
	| { kind: "transaction"; transaction: Transaction }
	| { kind: "status"; verdict: Verdict; repeated?: { header: ResponseHeader; transaction: Transaction } }
	| { kind: "diagnosis"; verdict: Verdict; status: string | undefined; printer: string | undefined }
	| { kind: "reconciliation"; verdict: Verdict; totals: { count: number; amount: number } | undefined }
);

/** Reads an answer in the clear. Throws NexoError. */
export function decodeResponse(json: string): NexoResponse {
	const value = parseJson(json);
	if (!validator.Check(value)) {
		const [first] = validator.Errors(value);
		throw new NexoError(`no SaleToPOIResponse: ${first?.instancePath ?? ""} ${first?.message ?? ""}`);
	}
	const { MessageHeader: header, ...body } = value.SaleToPOIResponse;
	const transaction = transactionOf(header, body);
	if (transaction) return { header, kind: "transaction", transaction };
	const { TransactionStatusResponse: status, DiagnosisResponse: diagnosis, ReconciliationResponse: day } = body;
	if (status) {
		const inner = status.RepeatedMessageResponse;
		const repeated = inner && transactionOf(inner.MessageHeader, inner.RepeatedResponseMessageBody);
		return {
			header,
			kind: "status",
			verdict: verdictOf(status.Response),
			...(inner && repeated ? { repeated: { header: inner.MessageHeader, transaction: repeated } } : {}),
		};
	}
	if (diagnosis) {
		const { GlobalStatus, PrinterStatus } = diagnosis.POIStatus ?? {};
		const verdict = verdictOf(diagnosis.Response);
		return { header, kind: "diagnosis", verdict, status: GlobalStatus, printer: PrinterStatus };
	}
	if (day) {
		return {
			header,
			kind: "reconciliation",
			verdict: verdictOf(day.Response),
			totals: totalsOf(day.TransactionTotals),
		};
	}
	throw new NexoError(`an answer without a body that is known (${header.MessageCategory})`);
}

export function parseJson(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		throw new NexoError("no JSON");
	}
}

const verdictOf = ({ Result, ErrorCondition }: Static<typeof Response>): Verdict => ({
	result: Result,
	condition: ErrorCondition,
});

type Body = {
	PaymentResponse?: Static<typeof PaymentResponse>;
	ReversalResponse?: Static<typeof ReversalResponse>;
};

function transactionOf(header: ResponseHeader, body: Body): Transaction | undefined {
	const { PaymentResponse: payment, ReversalResponse: reversal } = body;
	const response = payment ?? reversal;
	if (!response) return undefined;
	const {
		AmountsResp: amounts,
		PaymentInstrumentData: instrument,
		PaymentAcquirerData: acquirer,
	} = payment?.PaymentResult ?? {};
	const card = instrument?.CardData;
	const own = response.POIData?.POITransactionID;
	const receipts = response.PaymentReceipt ?? [];
	return {
		verdict: verdictOf(response.Response),
		amount: reversal ? jsonCents(reversal.ReversedAmount) : euroCents(amounts),
		card: {
			brand: card?.PaymentBrand,
			pan: lastFourOf(card?.MaskedPan ?? ""),
			entry: card?.EntryMode?.map(entryOf).find((entry) => entry !== undefined),
		},
		reference: {
			terminalId: header.POIID,
			transactionId: own?.TransactionID,
			at: own?.TimeStamp,
			authorisation: acquirer?.ApprovalCode,
		},
		receipts: receipts.flatMap(({ DocumentQualifier, OutputContent }) => {
			const reader = readers[DocumentQualifier];
			const texts = OutputContent?.OutputText ?? [];
			return reader && texts.length > 0 ? [nexoReceipt(reader, texts)] : [];
		}),
		reason: receipts.some(({ RequiredSignatureFlag }) => RequiredSignatureFlag)
			? "the merchant's receipt has to be signed"
			: undefined,
	};
}

const readers: Readonly<Record<string, TerminalReceipt["for"]>> = {
	CashierReceipt: "merchant",
	CustomerReceipt: "customer",
};

const entries = {
	ICC: "chip",
	SynchronousICC: "chip",
	Contactless: "contactless",
	Tapped: "contactless",
	Mobile: "contactless",
	RFID: "contactless",
	MagStripe: "stripe",
	Keyed: "manual",
	Manual: "manual",
} as const;
const entryOf = (mode: string): (typeof entries)[keyof typeof entries] | undefined =>
	entries[mode as keyof typeof entries];

/** A JSON number's shortest digits are those that were sent: they are read as text, never counted with. */
const jsonCents = (amount: number | undefined): number | undefined =>
	amount === undefined ? undefined : centsOf(String(amount));

const euroCents = (amounts: { AuthorizedAmount?: number; Currency?: string } | undefined): number | undefined =>
	amounts?.Currency === "EUR" ? jsonCents(amounts.AuthorizedAmount) : undefined;

const signs: Readonly<Record<string, 1 | -1>> = { Debit: 1, Credit: -1, ReverseDebit: -1, ReverseCredit: 1 };

/** Payments less refunds and reversals; undefined where an amount can't be read. */
function totalsOf(
	groups: readonly { PaymentCurrency?: string; PaymentTotals?: Static<typeof Total>[] }[] | undefined,
): { count: number; amount: number } | undefined {
	if (!groups) return undefined;
	const totals = { count: 0, amount: 0 };
	for (const { TransactionType, TransactionCount, TransactionAmount } of groups.flatMap(
		({ PaymentTotals }) => PaymentTotals ?? [],
	)) {
		const sign = signs[TransactionType];
		const amount = jsonCents(TransactionAmount);
		if (sign === undefined) continue;
		if (amount === undefined) return undefined;
		totals.count += TransactionCount;
		totals.amount += sign * amount;
	}
	return totals;
}

/**
 * OPI's messages (sheet A2): requests of the hub out, responses and the terminal's own requests in. Attributes come in
 * any order, elements in any order and with any prefix; what a message must have and has not is a named error.
 */
import { centsOf, majorUnits } from "./amounts.ts";
import { lastFourOf } from "./card-numbers.ts";
import { frameOf, xmlOf } from "./opi-frames.ts";
import { childOf, childrenOf, type Markup, parseXml, type XmlElement, XmlError, xml } from "./opi-xml.ts";

const NAMESPACE = "http://www.nrf-arts.org/IXRetail/namespace";
const SENDER = "Kassahub";

/** Who asks, and which question of theirs it is. */
export type Envelope = { workstation: string; requestId: string };

export type ServiceRequest = Envelope & { type: "Login" | "ReconciliationWithClosure"; at: string };

export type CardServiceRequest = Envelope & {
	type: "CardPayment" | "PaymentRefund" | "PaymentReversal" | "AbortRequest" | "RepeatLastMessage" | "TicketReprint";
	at: string;
	/** The register's own number of the sale. */
	transactionNumber?: string;
	amount?: number;
	/** Of the transaction to undo. */
	stan?: string;
};

export const encodeServiceRequest = (request: ServiceRequest): Uint8Array =>
	documentOf(xml("ServiceRequest", attributesOf(request), posData(request)));

export function encodeCardServiceRequest(request: CardServiceRequest): Uint8Array {
	const { amount, stan } = request;
	return documentOf(
		xml(
			"CardServiceRequest",
			attributesOf(request),
			posData(request),
			...(amount === undefined ? [] : [xml("TotalAmount", { Currency: "EUR" }, majorUnits(amount))]),
			...(stan === undefined ? [] : [xml("OriginalTransaction", { STAN: stan })]),
		),
	);
}

const posData = ({ at, transactionNumber }: { at: string; transactionNumber?: string }): Markup =>
	xml(
		"POSdata",
		{},
		xml("POSTimeStamp", {}, at),
		...(transactionNumber === undefined ? [] : [xml("TransactionNumber", {}, transactionNumber)]),
	);

const attributesOf = ({ type, workstation, requestId }: Envelope & { type: string }): Record<string, string> => ({
	xmlns: NAMESPACE,
	RequestType: type,
	ApplicationSender: SENDER,
	WorkstationID: workstation,
	RequestID: requestId,
});

const documentOf = ({ markup }: Markup): Uint8Array => frameOf(`<?xml version="1.0" encoding="UTF-8"?>\n${markup}`);

/** What the hub answers the terminal: each output's target by itself. */
export function encodeDeviceResponse(
	request: DeviceRequest,
	result: DeviceResult,
	targets: readonly DeviceResult[],
): Uint8Array {
	const outputs = request.outputs.map(({ target }, index) =>
		xml("Output", { OutDeviceTarget: target, OutResult: targets[index] ?? result }),
	);
	const input = request.input === undefined ? [] : [xml("Input", { InDeviceTarget: request.input, InResult: result })];
	const attributes = { ...attributesOf(request), OverallResult: result };
	return documentOf(xml("DeviceResponse", attributes, ...outputs, ...input));
}

export type DeviceResult = "Success" | "DeviceUnavailable";

/** What the terminal wants shown, printed or asked. */
export type DeviceRequest = Envelope & {
	kind: "device-request";
	type: string;
	outputs: { target: string; lines: string[] }[];
	/** The target of what it wants a person to answer. */
	input: string | undefined;
};

/** What the terminal says of a transaction, as far as it says it. */
export type Transaction = {
	stan?: string;
	terminalId?: string;
	/** Cents. */
	amount?: number;
	brand?: string;
	pan?: string;
	entry?: "chip" | "contactless" | "stripe" | "manual";
	receiptNumber?: string;
	approvalCode?: string;
	/** The terminal's own time. */
	at?: string;
	/** The terminal's own words or code. */
	reason?: string;
	softwareVersion?: string;
};

export type Response = Partial<Envelope> & {
	kind: "response";
	type: string;
	result: OverallResult;
	/** Of the request whose response is repeated, where the terminal says so. */
	referenceRequestId?: string;
	transaction: Transaction;
	totals: { count: number; amount: number } | undefined;
};

export const overallResults = [
	"Success",
	"PartialFailure",
	"Failure",
	"DeviceUnavailable",
	"Busy",
	"Loggedout",
	"Aborted",
	"TimedOut",
	"CommunicationError",
	"FormatError",
	"ParsingError",
	"ValidationError",
	"MissingMandatoryData",
	"UnknownCard",
] as const;
export type OverallResult = (typeof overallResults)[number];

export type Message = Response | DeviceRequest | { kind: "garbled"; detail: string };

/** Reads one frame, prefix included, from the terminal. */
export function decodeMessage(frame: Uint8Array): Message {
	const bytes = xmlOf(frame);
	if (!bytes) return garbled("the length before a message is not that of the message");
	try {
		const root = parseXml(bytes);
		if (root.name === "CardServiceResponse" || root.name === "ServiceResponse") return responseOf(root);
		if (root.name === "DeviceRequest") return deviceRequestOf(root);
		return garbled(`a ${root.name.slice(0, 32)} is no message of a terminal`);
	} catch (error) {
		if (error instanceof XmlError) return garbled(error.message);
		throw error;
	}
}

const garbled = (detail: string): Message => ({ kind: "garbled", detail });

function responseOf(root: XmlElement): Message {
	const { RequestType, OverallResult, RequestID, WorkstationID, ReferenceRequestID } = root.attributes;
	const result = overallResults.find((candidate) => candidate === OverallResult);
	if (!RequestType || !result) return garbled(`a response of type ${RequestType} and result ${OverallResult}`);
	const tender = childOf(root, "Tender");
	const amount = amountOf(childOf(tender, "TotalAmount"));
	const totals = totalsOf(childOf(root, "Reconciliation"));
	if (amount === "wrong" || totals === "wrong") return garbled("an amount that is none, or not in euro");
	return {
		kind: "response",
		type: RequestType,
		result,
		...present({ requestId: RequestID, workstation: WorkstationID, referenceRequestId: ReferenceRequestID }),
		transaction: { ...transactionOf(root), ...present({ amount }) },
		totals,
	};
}

function transactionOf(root: XmlElement): Transaction {
	const terminal = childOf(root, "Terminal")?.attributes ?? {};
	const tender = childOf(root, "Tender");
	// Oracle's terminals spell it with a z; a ServiceResponse has it at its root.
	const authorisation =
		(childOf(tender, "Authorisation", "Authorization") ?? childOf(root, "Authorisation", "Authorization"))
			?.attributes ?? {};
	const privateData = childOf(root, "PrivateData");
	const privateText = (name: string): string | undefined => childOf(privateData, name)?.text.trim() || undefined;
	const code = privateText("ErrorCode");
	return present({
		stan: terminal.STAN,
		terminalId: terminal.TerminalID,
		brand: authorisation.CardCircuit ?? childOf(childOf(root, "CardValue"), "CardCircuit")?.text.trim(),
		pan: lastFourOf(authorisation.CardPAN ?? ""),
		entry: entryOf(privateText("CardTechnologyType") ?? ""),
		receiptNumber: authorisation.ReceiptNumber,
		approvalCode: authorisation.ApprovalCode,
		at: authorisation.TimeStamp,
		reason: [code, privateText("ErrorText")].filter(Boolean).join(" ") || undefined,
		softwareVersion: privateText("SoftwareVersion"),
	});
}

/** CardTechnologyType is the maker's own: what is not recognised is left out. */
function entryOf(technology: string): Transaction["entry"] {
	if (/contactless|nfc|ctls/i.test(technology)) return "contactless";
	if (/chip|icc|emv/i.test(technology)) return "chip";
	return /mag|stripe|swipe/i.test(technology) ? "stripe" : undefined;
}

function amountOf(element: XmlElement | undefined): number | "wrong" | undefined {
	if (!element) return undefined;
	const { Currency } = element.attributes;
	// EUR, or its number in ISO 4217.
	if (Currency !== undefined && Currency !== "EUR" && Currency !== "978") return "wrong";
	return centsOf(element.text) ?? "wrong";
}

/** Payments less refunds. PaymentType is Debit where money came in and Credit where it went out. */
function totalsOf(element: XmlElement | undefined): Response["totals"] | "wrong" {
	if (!element) return undefined;
	const totals = { count: 0, amount: 0 };
	for (const child of childrenOf(element, "TotalAmount")) {
		const amount = amountOf(child);
		const { NumberPayments = "0", PaymentType } = child.attributes;
		if (typeof amount !== "number" || !/^\d{1,6}$/.test(NumberPayments)) return "wrong";
		totals.count += Number(NumberPayments);
		totals.amount += PaymentType === "Credit" ? -amount : amount;
	}
	return totals;
}

function deviceRequestOf(root: XmlElement): Message {
	const { RequestType, RequestID = "", WorkstationID = "" } = root.attributes;
	if (!RequestType) return garbled("a DeviceRequest without its type");
	return {
		kind: "device-request",
		type: RequestType,
		requestId: RequestID,
		workstation: WorkstationID,
		outputs: childrenOf(root, "Output").map((output) => ({
			target: output.attributes.OutDeviceTarget ?? "",
			lines: childrenOf(output, "TextLine").map(({ text }) => text),
		})),
		input: childOf(root, "Input")?.attributes.InDeviceTarget ?? (childOf(root, "Input") ? "" : undefined),
	};
}

/** Without what is undefined or empty. */
const present = <T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== "")) as {
		[K in keyof T]?: Exclude<T[K], undefined>;
	};

/** OPI as a terminal writes and reads it, from the protocol sheet (A1, A2): text in, text out, and the frames between. */

export type OpiRequest = {
	/** `CardServiceRequest`, `ServiceRequest` or `DeviceResponse`. */
	root: string;
	type: string;
	requestId: string;
	workstation: string;
	/** Cents. */
	amount: number | undefined;
	stan: string | undefined;
	result: string | undefined;
	outResults: string[];
};

const attribute = (text: string, name: string): string | undefined =>
	new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1];

/** Throws where a terminal would answer ParsingError. */
export function readRequest(xml: string): OpiRequest {
	const [, root = "", attributes = ""] = /<(\w+Request|DeviceResponse)\b([^>]*)>/.exec(xml) ?? [];
	const type = attribute(attributes, "RequestType");
	if (!type) throw new Error(`no OPI: ${xml}`);
	const [, euros, cents] = /<TotalAmount Currency="EUR">(\d+)\.(\d\d)<\/TotalAmount>/.exec(xml) ?? [];
	return {
		root,
		type,
		requestId: attribute(attributes, "RequestID") ?? "",
		workstation: attribute(attributes, "WorkstationID") ?? "",
		amount: euros === undefined ? undefined : Number(`${euros}${cents}`),
		stan: attribute(/<OriginalTransaction[^>]*>/.exec(xml)?.[0] ?? "", "STAN"),
		result: attribute(attributes, "OverallResult"),
		outResults: [...xml.matchAll(/OutResult="(\w+)"/g)].map(([, result]) => result as string),
	};
}

/** In what terminals differ, or may differ where the sheet marks it unverified. */
export type OpiModel = {
	/** Has never had a transaction. */
	isNew: boolean;
	/** When receipts go to the hub; `nothing`: the terminal has its own printer. */
	prints: "first" | "after" | "nothing";
	/** Takes a payment back whose receipt could not be printed. */
	reversesUnprinted: boolean;
	/** Goes on with a payment whose connection was lost, instead of ending it while no card came. */
	goesOn: boolean;
	/** What it can say of the last transaction. */
	knows: readonly ("RepeatLastMessage" | "TicketReprint")[];
	/** Says Success of a repeated response where it found one, whatever came of that transaction. */
	saysFound: boolean;
	/** By what a repeated response names the request that it answers. */
	names: "ReferenceRequestID" | "RequestID" | "nothing";
	/** Has to be logged in to again after its power was off. */
	forgetsLogin: boolean;
	/** Sends its requests over one connection, one after the other, instead of one each. */
	keepsChannelOpen: boolean;
	spelling: "Authorisation" | "Authorization";
	declares: "UTF-8" | "ISO-8859-1";
	sends: "utf8" | "latin1";
	/** 39.5 for 39.50. */
	dropsZero: boolean;
	/** So long it waits for the hub to answer its own requests. */
	deviceMs: number;
};

export const usualOpiModel = (): OpiModel => ({
	isNew: false,
	prints: "first",
	reversesUnprinted: true,
	goesOn: false,
	knows: ["RepeatLastMessage", "TicketReprint"],
	saysFound: false,
	names: "ReferenceRequestID",
	forgetsLogin: true,
	keepsChannelOpen: false,
	spelling: "Authorisation",
	declares: "UTF-8",
	sends: "utf8",
	dropsZero: false,
	deviceMs: 3000,
});

/** A transaction as the terminal keeps it, approved or not. */
export type OpiTransaction = {
	requestId: string;
	type: string;
	result: string;
	stan: number;
	amount: number;
	at: string;
	errorCode?: string;
};

export const TERMINAL_ID = "31000042";

const attributes = (values: Record<string, string | undefined>): string =>
	Object.entries(values)
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => ` ${name}="${value}"`)
		.join("");

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

export function amountText(cents: number, { dropsZero }: OpiModel): string {
	const text = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
	return dropsZero && text.endsWith("0") ? text.slice(0, -1) : text;
}

export function responseXml(
	request: OpiRequest,
	result: string,
	model: OpiModel,
	transaction?: OpiTransaction,
	inner = "",
): string {
	const root = request.root.replace("Request", "Response");
	const isRepeat = transaction !== undefined && transaction.requestId !== request.requestId;
	const requestId = isRepeat && model.names === "RequestID" ? transaction.requestId : request.requestId;
	const head = attributes({
		xmlns: "http://www.nrf-arts.org/IXRetail/namespace",
		RequestType: request.type,
		WorkstationID: request.workstation,
		RequestID: requestId,
		...(isRepeat && model.names === "ReferenceRequestID" ? { ReferenceRequestID: transaction.requestId } : {}),
		OverallResult: result,
	});
	return `<${root}${head}>${transaction ? transactionXml(transaction, model) : ""}${inner}</${root}>`;
}

function transactionXml({ result, stan, amount, at, errorCode }: OpiTransaction, model: OpiModel): string {
	const terminal = `<Terminal TerminalID="${TERMINAL_ID}" STAN="${String(stan).padStart(6, "0")}"/>`;
	if (errorCode) return `${terminal}<PrivateData><ErrorCode>${errorCode}</ErrorCode></PrivateData>`;
	if (result === "Aborted") return terminal;
	return `${terminal}<Tender><TotalAmount Currency="EUR">${amountText(amount, model)}</TotalAmount><${model.spelling} AuthorisationType="Online" CardCircuit="Maestro" CardPAN="672667#########3214" ReceiptNumber="${stan - 25}" ApprovalCode="A1B2C3" ActionCode="0" TimeStamp="${at}"/></Tender><PrivateData><CardTechnologyType>Chip</CardTechnologyType></PrivateData>`;
}

export type OpiOutput = { target: string; lines: readonly string[] };

export function deviceRequestXml(requestId: string, workstation: string, outputs: readonly OpiOutput[]): string {
	const inside = outputs
		.map(({ target, lines }) => {
			const text = lines.map((line, row) => `<TextLine Row="${row}" Column="0">${escaped(line)}</TextLine>`).join("");
			return `<Output OutDeviceTarget="${target}">${text}</Output>`;
		})
		.join("");
	const head = attributes({
		RequestType: "Output",
		RequestID: requestId,
		WorkstationID: workstation,
		SequenceID: requestId,
		TerminalID: TERMINAL_ID,
		ApplicationSender: "EMU",
	});
	return `<DeviceRequest${head}>${inside}</DeviceRequest>`;
}

export function frame(xml: string, { declares, sends }: Pick<OpiModel, "declares" | "sends">): Buffer {
	const body = Buffer.from(`<?xml version="1.0" encoding="${declares}"?>\n${xml}`, sends);
	const prefix = Buffer.alloc(4);
	prefix.writeUInt32BE(body.length);
	return Buffer.concat([prefix, body]);
}

/** Collects a connection's bytes and gives its whole messages. */
export function frameReader(): (bytes: Uint8Array) => string[] {
	let begun = Buffer.alloc(0);
	return (bytes) => {
		begun = Buffer.concat([begun, bytes]);
		const messages: string[] = [];
		while (begun.length >= 4 && begun.length >= 4 + begun.readUInt32BE()) {
			const end = 4 + begun.readUInt32BE();
			messages.push(begun.subarray(4, end).toString("utf8"));
			begun = begun.subarray(end);
		}
		return messages;
	};
}

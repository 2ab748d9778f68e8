import { once } from "node:events";
import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecure } from "node:https";
import type { Socket } from "node:net";
import { Acquirer } from "./acquirer.ts";
import type { Certificates } from "./certificates.ts";
import {
	answer,
	type Body,
	centsOf,
	failure,
	type Header,
	paymentBody,
	type Request,
	readRequest,
	reversalBody,
	totalsBody,
} from "./nexo-answers.ts";
import { protect, type TerminalKey, unprotect } from "./nexo-protection.ts";
import type { BenchMessage, Charge, NextPayment, TerminalMisbehaviour, TerminalOnBench } from "./terminal-on-bench.ts";

export const POI_ID = "V400m-123456789";

/** How an answer is spoiled, beside what every terminal can do on the bench. */
export type NexoSpoil = {
	/** A payment fails for this reason, whatever the card would have done. */
	condition?: string;
	/** Cents that the customer adds. */
	tip?: number;
	needsSignature?: boolean;
	/** Changes the answer's JSON before it is protected. */
	change?: (json: string) => string;
	/** Changes the answer after it was protected. */
	tamper?: (text: string) => string;
	httpStatus?: number;
	lateMs?: number;
	/** Breaks the connection after so many bytes of the answer. */
	breakAfter?: number;
};

type Attempt = { kind: "running" } | { kind: "done"; body: Body; charge: Charge | undefined };

/** A pin terminal that speaks Adyen's Terminal API over HTTP or HTTPS, written from the protocol sheet. */
export class EmulatedNexo implements TerminalOnBench {
	readonly #key: TerminalKey | undefined;
	readonly #server: Server;
	readonly #isSecure: boolean;
	readonly #sockets = new Set<Socket>();
	readonly #acquirer = new Acquirer();
	/** By SaleID and ServiceID; what is done stays when the power goes. */
	readonly #attempts = new Map<string, Attempt>();
	readonly #reversed = new Map<string, Charge>();
	/** Its own limit for a payment: 120 s where nobody is in a hurry (sheet B1). */
	readonly #limitMs: number;
	spoil: NexoSpoil = {};
	#port = 0;
	#day: Charge[] = [];
	#number = 0;
	#misbehaviour: TerminalMisbehaviour | undefined;
	#hook: ((message: BenchMessage) => void) | undefined;
	#index = 0;
	#linkage = 0;
	#power = 0;
	#isCut = false;
	#stop: (() => void) | undefined;

	constructor({
		key,
		certificates,
		limitMs = 120_000,
	}: {
		key?: TerminalKey;
		certificates?: Pick<Certificates, "key" | "cert">;
		limitMs?: number;
	} = {}) {
		this.#key = key;
		this.#limitMs = limitMs;
		this.#isSecure = certificates !== undefined;
		const serve = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response);
		this.#server = certificates ? createSecure(certificates, serve) : createPlain(serve);
		this.#server.on("connection", (socket: Socket) => {
			this.#sockets.add(socket);
			socket.on("error", () => undefined).once("close", () => this.#sockets.delete(socket));
			if (this.#isCut) socket.destroy();
		});
	}

	async listen(port = 0): Promise<this> {
		this.#server.listen(port, "127.0.0.1");
		await once(this.#server, "listening");
		this.#port = (this.#server.address() as { port: number }).port;
		return this;
	}

	get url(): string {
		return `${this.#isSecure ? "https" : "http"}://127.0.0.1:${this.#port}/nexo`;
	}

	get charges(): readonly Charge[] {
		return this.#acquirer.charges;
	}

	next(payment: NextPayment): void {
		this.#acquirer.plan(payment);
	}

	onMessage(hook: ((message: BenchMessage) => void) | undefined): void {
		this.#hook = hook;
		this.#index = 0;
	}

	misbehave(how: TerminalMisbehaviour | undefined): void {
		this.#misbehaviour = how;
	}

	cutLink(): void {
		this.#isCut = true;
		this.#dropAll();
	}

	async restoreLink(): Promise<void> {
		this.#isCut = false;
	}

	async powerCycle(): Promise<void> {
		this.#power++;
		this.#stop = undefined;
		for (const [name, attempt] of this.#attempts) if (attempt.kind === "running") this.#attempts.delete(name);
		this.#isCut = false;
		this.#dropAll();
	}

	async close(): Promise<void> {
		this.#power++;
		this.#dropAll();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#dropAll(): void {
		this.#linkage++;
		for (const socket of this.#sockets) socket.destroy();
	}

	/** Tells the hook; false where it cut the cable or the power, so that nothing of the message happens any more. */
	#passes(direction: BenchMessage["direction"], name: string, moment: BenchMessage["moment"]): boolean {
		const era = `${this.#linkage} ${this.#power}`;
		const index = moment === "before" ? this.#index++ : this.#index - 1;
		this.#hook?.({ index, direction, name, moment });
		return era === `${this.#linkage} ${this.#power}`;
	}

	async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
		let request: Request;
		try {
			request = readRequest(this.#opened(await textOf(incoming)));
		} catch {
			response.writeHead(400).end();
			return;
		}
		const { header } = request;
		const name = `${header.MessageCategory}Request`;
		if (!this.#passes("out", name, "before") || this.#misbehaviour === "silent") return;
		if (this.#misbehaviour === "garbled") {
			response.end("<html>Storing</html>");
			return;
		}
		const power = this.#power;
		const body = await this.#answer(request);
		if (power !== this.#power || !this.#passes("out", name, "after")) return;
		await this.#send(response, header, body);
	}

	#opened(text: string): string {
		if (!this.#key) return text;
		const { SaleToPOIRequest: secured } = JSON.parse(text);
		const { KeyIdentifier, KeyVersion } = secured.SecurityTrailer;
		if (KeyIdentifier !== this.#key.identifier || KeyVersion !== this.#key.version) throw new Error("another key");
		const json = unprotect(secured, this.#key);
		if (JSON.stringify(JSON.parse(json).SaleToPOIRequest.MessageHeader) !== JSON.stringify(secured.MessageHeader)) {
			throw new Error("two headers");
		}
		return json;
	}

	async #send(response: ServerResponse, header: Header, body: Body | undefined): Promise<void> {
		const { lateMs, httpStatus = 200, change = (json) => json, tamper = (text) => text, breakAfter } = this.spoil;
		if (lateMs) await new Promise((resolve) => setTimeout(resolve, lateMs));
		if (!this.#passes("in", `${header.MessageCategory}Response`, "before")) return;
		const json = body === undefined ? "" : change(answer(header, body));
		const text = body === undefined ? "" : tamper(this.#protected(json));
		response.writeHead(httpStatus, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
		if (breakAfter !== undefined) {
			response.write(text.slice(0, breakAfter), () => response.destroy());
			return;
		}
		// Wherever the hook looks next, these bytes are on their way.
		await new Promise<void>((resolve) => response.end(text, () => resolve()));
		this.#passes("in", `${header.MessageCategory}Response`, "after");
	}

	#protected(json: string): string {
		if (!this.#key) return json;
		const { MessageHeader } = JSON.parse(json).SaleToPOIResponse;
		return JSON.stringify({ SaleToPOIResponse: protect(json, MessageHeader, this.#key) });
	}

	/** Undefined: the answer has no body. */
	async #answer(request: Request): Promise<Body | undefined> {
		const category = request.header.MessageCategory;
		if (category === "Diagnosis") {
			return {
				DiagnosisResponse: {
					Response: { Result: "Success" },
					POIStatus: { GlobalStatus: "OK", CommunicationOKFlag: true, PrinterStatus: "OK" },
				},
			};
		}
		if (category === "TransactionStatus") return this.#status(request);
		if (category === "Abort") {
			this.#stop?.();
			return undefined;
		}
		const name = `${category}Response`;
		if (this.#misbehaviour === "busy" || this.#stop) return failure(name, "Busy");
		const own = nameOf(request.header);
		if (this.#attempts.has(own)) return failure(name, "MessageFormat");
		if (category === "Reconciliation") return this.#closeDay();
		this.#attempts.set(own, { kind: "running" });
		const power = this.#power;
		const done = category === "Reversal" ? this.#reverse(request) : await this.#pay(request);
		if (power === this.#power) this.#attempts.set(own, { kind: "done", ...done });
		return done.body;
	}

	#status({ body }: Request): Body {
		const name = "TransactionStatusResponse";
		const { MessageReference } = body.TransactionStatusRequest as { MessageReference: Header };
		const attempt = this.#attempts.get(nameOf(MessageReference));
		if (!attempt) return failure(name, "NotFound");
		if (attempt.kind === "running") return failure(name, "InProgress");
		const { SaleID, ServiceID, MessageCategory } = MessageReference;
		return {
			[name]: {
				Response: { Result: "Success" },
				MessageReference,
				RepeatedMessageResponse: {
					MessageHeader: {
						ProtocolVersion: "3.0",
						MessageClass: "Service",
						MessageCategory,
						MessageType: "Response",
						ServiceID,
						SaleID,
						POIID: POI_ID,
					},
					RepeatedResponseMessageBody: attempt.body,
				},
			},
		};
	}

	async #pay({ body }: Request): Promise<{ body: Body; charge: Charge | undefined }> {
		const { PaymentTransaction, PaymentData, SaleData } = body.PaymentRequest as {
			PaymentTransaction: { AmountsReq: { RequestedAmount: number } };
			PaymentData?: { PaymentType: string };
			SaleData: unknown;
		};
		const power = this.#power;
		const stopped = new Promise<"Aborted">((resolve) => {
			this.#stop = () => resolve("Aborted");
		});
		const { condition, tip = 0, needsSignature = false } = this.spoil;
		const next = this.#acquirer.meet();
		const failed = (why: string) => ({ body: failure("PaymentResponse", why), charge: undefined });
		try {
			if (next.does === "wait") return failed(await Promise.race([stopped, this.#limit()]));
			if (condition) return failed(condition);
			if (next.does === "decline") return failed("Refusal");
			if (next.does === "cancel") return failed("Cancel");
			const asked = centsOf(PaymentTransaction.AmountsReq.RequestedAmount);
			const amount = (next.does === "approve-part" ? next.amount : asked) + tip;
			const charge = this.#acquirer.take(PaymentData?.PaymentType === "Refund" ? "refund" : "payment", amount);
			this.#day.push(charge);
			const transactionId = `kh01.${++this.#number}`;
			this.#reversed.set(transactionId, charge);
			const result = next.does === "approve-part" ? "Partial" : "Success";
			const at = new Date().toISOString();
			const payment = { result, transactionId, at, amount, needsSignature, saleData: SaleData } as const;
			return { body: paymentBody(payment), charge };
		} finally {
			if (power === this.#power) this.#stop = undefined;
		}
	}

	#limit(): Promise<"Cancel"> {
		return new Promise((resolve) => setTimeout(() => resolve("Cancel"), this.#limitMs).unref());
	}

	#reverse({ body }: Request): { body: Body; charge: Charge | undefined } {
		const { OriginalPOITransaction } = body.ReversalRequest as {
			OriginalPOITransaction: { POITransactionID: { TransactionID: string; TimeStamp: string } };
		};
		const { TransactionID } = OriginalPOITransaction.POITransactionID;
		const charge = this.#reversed.get(TransactionID);
		if (!charge || charge.isReversed) return { body: failure("ReversalResponse", "NotAllowed"), charge: undefined };
		charge.isReversed = true;
		return { body: reversalBody(`kh01.${++this.#number}`, new Date().toISOString()), charge };
	}

	#closeDay(): Body {
		const counted = this.#day.filter(({ isReversed }) => !isReversed);
		this.#day = [];
		const total = (type: string, kind: Charge["kind"]) => {
			const charges = counted.filter((charge) => charge.kind === kind);
			return { type, count: charges.length, amount: charges.reduce((sum, { amount }) => sum + amount, 0) };
		};
		return totalsBody([total("Debit", "payment"), total("Credit", "refund")]);
	}
}

const nameOf = ({ SaleID, ServiceID }: Pick<Header, "SaleID" | "ServiceID">): string => `${SaleID} ${ServiceID}`;

async function textOf(incoming: IncomingMessage): Promise<string> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
	return Buffer.concat(chunks).toString("utf8");
}

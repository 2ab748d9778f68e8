import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { OpiMemory } from "./opi-memory.ts";
import {
	amountText,
	deviceRequestXml,
	frame,
	frameReader,
	type OpiModel,
	type OpiOutput,
	type OpiRequest,
	type OpiTransaction,
	readRequest,
	responseXml,
	TERMINAL_ID,
	usualOpiModel,
} from "./opi-messages.ts";
import type { BenchMessage, Charge, NextPayment, TerminalMisbehaviour, TerminalOnBench } from "./terminal-on-bench.ts";

/** How one response is spoiled, beside what every terminal can do on the bench. */
export type OpiSpoil = {
	/** Of card services and the end of day, whatever came of them. */
	result?: string;
	requestId?: string;
	/** Added to the length before the message. */
	lengthBy?: number;
	lateMs?: number;
	/** Sends a response in two pieces, cut here. */
	splitAt?: number;
};

const PICK_MS = 5;

/** A pin terminal that speaks OPI, written from the protocol sheet: it listens on one port and dials the hub on another. */
export class EmulatedOpi implements TerminalOnBench {
	readonly #hub: { host: string; port: number };
	readonly #memory = new OpiMemory();
	readonly #server = createServer((socket) => this.#welcome(socket));
	readonly #sockets = new Set<Socket>();
	model: OpiModel;
	spoil: OpiSpoil = {};
	/** What it wanted shown and printed, with the hub's word on each. */
	readonly told: { target: string; lines: readonly string[]; outResult: string | undefined }[] = [];
	#port = 0;
	#misbehaviour: TerminalMisbehaviour | undefined;
	#hook: ((message: BenchMessage) => void) | undefined;
	#index = 0;
	/** Both count up; what began under an earlier number does not happen any more. */
	#linkage = 0;
	#power = 0;
	#isCut = false;
	#isLoggedIn = false;
	#underWay: { abort: () => void; present: () => void; socket: Socket } | undefined;
	#deviceSocket: Socket | undefined;
	#deviceRequests = 0;

	constructor(hub: { host: string; port: number }, model: Partial<OpiModel> = {}) {
		this.#hub = hub;
		this.model = { ...usualOpiModel(), ...model };
		if (this.model.isNew) this.#memory.forgetYesterday();
	}

	async listen(port = 0): Promise<this> {
		this.#server.listen(port, "127.0.0.1");
		await once(this.#server, "listening");
		this.#port = (this.#server.address() as { port: number }).port;
		return this;
	}

	get url(): string {
		return `tcp://127.0.0.1:${this.#port}`;
	}

	get charges(): readonly Charge[] {
		return this.#memory.acquirer.charges;
	}

	next(payment: NextPayment): void {
		this.#memory.acquirer.plan(payment);
	}

	onMessage(hook: ((message: BenchMessage) => void) | undefined): void {
		this.#hook = hook;
		this.#index = 0;
	}

	misbehave(how: TerminalMisbehaviour | undefined): void {
		this.#misbehaviour = how;
	}

	/** The card that a payment waits for comes after all. */
	presentCard(): void {
		this.#underWay?.present();
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
		this.#underWay = undefined;
		this.#isCut = false;
		if (this.model.forgetsLogin) this.#isLoggedIn = false;
		this.#dropAll();
	}

	async close(): Promise<void> {
		this.#power++;
		this.#dropAll();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#dropAll(): void {
		this.#linkage++;
		this.#deviceSocket = undefined;
		if (!this.model.goesOn) this.#underWay?.abort();
		for (const socket of this.#sockets) socket.destroy();
	}

	#hold(socket: Socket): Socket {
		this.#sockets.add(socket);
		socket.setNoDelay(true);
		return socket.on("error", () => undefined).once("close", () => this.#sockets.delete(socket));
	}

	/** Tells the hook; false where it cut the cable or the power, so that nothing of the message happens any more. */
	#passes(direction: BenchMessage["direction"], name: string, moment: BenchMessage["moment"]): boolean {
		const era = `${this.#linkage} ${this.#power}`;
		const index = moment === "before" ? this.#index++ : this.#index - 1;
		this.#hook?.({ index, direction, name, moment });
		return era === `${this.#linkage} ${this.#power}`;
	}

	#welcome(socket: Socket): void {
		this.#hold(socket);
		if (this.#isCut) socket.destroy();
		const read = frameReader();
		socket.on("data", (bytes) => {
			for (const text of read(bytes)) void this.#answer(socket, text);
		});
		socket.once("close", () => {
			if (!this.model.goesOn && this.#underWay?.socket === socket) this.#underWay.abort();
		});
	}

	async #answer(socket: Socket, text: string): Promise<void> {
		const request = readRequest(text);
		const name = `${request.root} ${request.type}`;
		if (!this.#passes("out", name, "before") || this.#misbehaviour === "silent") return;
		if (this.#misbehaviour === "garbled") {
			socket.write(frame("<Storing/>", this.model));
			return;
		}
		const linkage = this.#linkage;
		const power = this.#power;
		const response = await this.#respond(request, socket, power).catch(() => undefined);
		if (response === undefined || power !== this.#power) return;
		if (!this.#passes("out", name, "after") || linkage !== this.#linkage) return;
		await this.#send(socket, name.replace("Request", "Response"), response);
	}

	async #send(socket: Socket, name: string, xml: string): Promise<void> {
		const { lateMs, lengthBy = 0, splitAt } = this.spoil;
		if (lateMs) await new Promise((resolve) => setTimeout(resolve, lateMs));
		if (!this.#passes("in", name, "before")) return;
		const bytes = frame(xml, this.model);
		bytes.writeUInt32BE(bytes.length - 4 + lengthBy);
		if (splitAt !== undefined) {
			socket.write(bytes.subarray(0, splitAt));
			await new Promise((resolve) => setTimeout(resolve, PICK_MS));
		}
		// Wherever the hook looks next, these bytes are on their way.
		await new Promise<void>((resolve) => socket.write(bytes.subarray(splitAt ?? 0), () => resolve()));
		this.#passes("in", name, "after");
	}

	/** Rejects where the power was off meanwhile. */
	async #respond(request: OpiRequest, socket: Socket, power: number): Promise<string> {
		const { result, requestId } = this.spoil;
		if (request.type === "Login") {
			this.#isLoggedIn = true;
			const about = `<Terminal TerminalID="${TERMINAL_ID}"/><PrivateData><SoftwareVersion>EMU 1.0</SoftwareVersion></PrivateData>`;
			return responseXml(request, "Success", this.model, undefined, about);
		}
		if (this.#misbehaviour === "busy") return responseXml(request, "Busy", this.model);
		if (request.type === "AbortRequest") {
			this.#underWay?.abort();
			return responseXml(request, this.#underWay ? "Success" : "Failure", this.model);
		}
		if (!this.#isLoggedIn) return responseXml(request, "Loggedout", this.model);
		if (this.#underWay) return responseXml(request, "Busy", this.model);
		const [answer, transaction, inner] = await this.#serve(request, socket, power);
		const spoiled = requestId === undefined ? request : { ...request, requestId };
		return responseXml(spoiled, result ?? answer, this.model, transaction, inner);
	}

	async #serve(
		request: OpiRequest,
		socket: Socket,
		power: number,
	): Promise<[string, (OpiTransaction | undefined)?, string?]> {
		if (request.type === "CardPayment" || request.type === "PaymentRefund")
			return this.#transact(request, socket, power);
		if (request.type === "PaymentReversal") return this.#reverse(request);
		if (request.type === "ReconciliationWithClosure") return ["Success", undefined, this.#closeDay()];
		const { last } = this.#memory;
		if (!this.model.knows.some((type) => type === request.type)) return ["FormatError"];
		if (!last) return ["Failure"];
		if (request.type === "TicketReprint") await this.#print(request.workstation, last, power);
		return [this.model.saysFound ? "Success" : last.result, last];
	}

	async #transact(request: OpiRequest, socket: Socket, power: number): Promise<[string, OpiTransaction]> {
		let hasStopped = false;
		const stopped = new Promise<void>((resolve) => {
			this.#underWay = {
				abort: () => {
					hasStopped = true;
					resolve();
				},
				present: resolve,
				socket,
			};
		});
		try {
			await this.#tell(request.workstation, [{ target: "CashierDisplay", lines: ["Bied kaart aan"] }], power);
			const next = this.#memory.acquirer.meet();
			if (next.does === "wait") await stopped;
			if (power !== this.#power) throw new Error("the power was off");
			const amount = next.does === "approve-part" ? next.amount : (request.amount ?? 0);
			const { requestId, type } = request;
			const stored = { requestId, type, amount, at: new Date().toISOString() };
			if (hasStopped || next.does === "cancel") return this.#end({ ...stored, result: "Aborted" });
			if (next.does === "decline") return this.#end({ ...stored, result: "Failure", errorCode: "55" });
			const [, transaction] = this.#end({ ...stored, result: "Success" });
			await this.#tell(request.workstation, [{ target: "CashierDisplay", lines: ["Akkoord één moment"] }], power);
			if (this.model.prints === "first" && !(await this.#print(request.workstation, transaction, power))) {
				if (this.model.reversesUnprinted) return ["Failure", this.#memory.takeBack(transaction)];
			}
			if (this.model.prints === "after") {
				setTimeout(() => void this.#print(request.workstation, transaction, power).catch(() => undefined), PICK_MS);
			}
			return [transaction.result, transaction];
		} finally {
			if (power === this.#power) this.#underWay = undefined;
		}
	}

	#end(transaction: Omit<OpiTransaction, "stan">): [string, OpiTransaction] {
		return [transaction.result, this.#memory.store(transaction)];
	}

	#reverse(request: OpiRequest): [string, OpiTransaction] {
		const amount = this.#memory.reverse(Number(request.stan));
		const { requestId, type } = request;
		const stored = { requestId, type, amount: amount ?? 0, at: new Date().toISOString() };
		return this.#end(
			amount === undefined ? { ...stored, result: "Failure", errorCode: "21" } : { ...stored, result: "Success" },
		);
	}

	#closeDay(): string {
		const { payments, refunds } = this.#memory.closeDay();
		const total = (charges: Charge[], type: string): string =>
			`<TotalAmount NumberPayments="${charges.length}" PaymentType="${type}" Currency="EUR" CardCircuit="Maestro">${amountText(
				charges.reduce((sum, { amount }) => sum + amount, 0),
				this.model,
			)}</TotalAmount>`;
		return `<Reconciliation>${total(payments, "Debit")}${total(refunds, "Credit")}</Reconciliation>`;
	}

	/** Whether the hub took both receipts: it is asked first whether its printer is ready. */
	async #print(workstation: string, transaction: OpiTransaction, power: number): Promise<boolean> {
		if (this.model.prints === "nothing") return true;
		const lines = ["Café de Emulator", `Bedrag  ${amountText(transaction.amount, this.model)} EUR`, "Kaart ****3214"];
		return (
			(await this.#tell(workstation, [{ target: "Printer", lines: [] }], power)) &&
			(await this.#tell(
				workstation,
				[
					{ target: "Printer", lines: [...lines, "KOPIE WINKEL"] },
					{ target: "PrinterReceipt", lines: [...lines, "KOPIE KLANT"] },
				],
				power,
			))
		);
	}

	/** A request of its own to the hub; whether the hub did what it asks. Rejects where the power was off meanwhile. */
	async #tell(workstation: string, outputs: readonly OpiOutput[], power: number): Promise<boolean> {
		const isDone = await this.#askHub(workstation, outputs).catch(() => false);
		if (power !== this.#power) throw new Error("the power was off");
		return isDone;
	}

	async #askHub(workstation: string, outputs: readonly OpiOutput[]): Promise<boolean> {
		if (!this.#passes("in", "DeviceRequest Output", "before") || this.#isCut) return false;
		const socket = await this.#dial();
		const read = frameReader();
		const answered = new Promise<OpiRequest>((resolve, reject) => {
			socket.on("data", (bytes) => {
				for (const text of read(bytes)) resolve(readRequest(text));
			});
			socket.once("close", () => reject(new Error("the hub hung up")));
			setTimeout(() => reject(new Error("the hub says nothing")), this.model.deviceMs).unref();
		});
		answered.catch(() => undefined);
		socket.write(frame(deviceRequestXml(String(++this.#deviceRequests), workstation, outputs), this.model));
		if (!this.#passes("in", "DeviceRequest Output", "after")) return false;
		const answer = await answered;
		if (!this.#passes("out", "DeviceResponse Output", "before")) return false;
		for (const [index, output] of outputs.entries()) {
			this.told.push({ ...output, outResult: answer.outResults[index] });
		}
		if (!this.#passes("out", "DeviceResponse Output", "after")) return false;
		if (!this.model.keepsChannelOpen) socket.end();
		return answer.result === "Success";
	}

	async #dial(): Promise<Socket> {
		if (this.#deviceSocket && !this.#deviceSocket.destroyed && !this.#deviceSocket.readableEnded) {
			return this.#deviceSocket.removeAllListeners("data");
		}
		const socket = this.#hold(connect(this.#hub.port, this.#hub.host));
		await new Promise<void>((resolve, reject) => {
			socket.once("connect", resolve).once("close", () => reject(new Error("the hub is not there")));
		});
		if (this.model.keepsChannelOpen) this.#deviceSocket = socket;
		return socket;
	}
}

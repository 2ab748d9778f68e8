import type { Booking } from "@kassahub/contracts/booking.ts";
import { canonicalJson } from "@kassahub/contracts/canonical.ts";
import type { Command } from "@kassahub/contracts/command.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { EntryKind, JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import type { TerminalAnswer } from "@kassahub/contracts/terminal-answer.ts";
import { pino } from "pino";
import { uuidv7 } from "uuidv7";
import type { Outcome, Submission } from "../books/submission.ts";
import { openClock } from "../clock.ts";
import { examine } from "../intake/examine.ts";
import { JournalError } from "../journal/journal-error.ts";
import { applyEntry, emptyState, noChanges, stateFrom, stateText } from "../shop/state.ts";
import { Payments } from "./payments.ts";
import type { Ports } from "./ports.ts";

const AT = "2026-11-23T10:15:00.120+01:00";
const HASH = "4fe5ae5b7cdb774e3fbf0291554aa4266e398b3854d9872474306ba441207c0f";

/** A journal in memory with the real checks and the real folds; a test can fill its disk. */
class PaperJournal {
	readonly entries: JournalEntry[] = [];
	readonly quarantined: string[] = [];
	isFull = false;
	#state = emptyState();

	get terminals() {
		return this.#state.payments.terminals;
	}

	submit({ kind, register, payload }: Pick<Submission, "kind" | "register" | "payload">): Outcome {
		if (this.isFull) throw new JournalError("JOURNAL_DISK_FULL", "the test's disk is full");
		const examined = examine({ kind, register, payload });
		if (!examined.isFit) {
			this.quarantined.push(Buffer.from(payload).toString());
			const { id, reasons } = examined;
			return { status: "rejected", rejection: { id, quarantine: 1, topic: "", at: AT, reasons } };
		}
		const { id } = examined.event as { id: string };
		const known = this.entries.find((entry) => entry.id === id);
		if (known && canonicalJson(known.payload) !== examined.text) this.quarantined.push(examined.text);
		if (known) return { status: "booked", booking: bookingOf(known, true) };
		const number = this.entries.length + 1;
		const place = { number, id, kind, source: "hub", at: AT, clock: "synchronised" as const };
		const entry = { ...place, payload: JSON.parse(examined.text), previousHash: HASH, hash: HASH };
		this.entries.push(entry);
		// As after a restart: the state goes through its text now and then.
		if (number % 3 === 0) this.#state = stateFrom(stateText(this.#state));
		applyEntry(this.#state, entry, noChanges());
		return { status: "booked", booking: bookingOf(entry, false) };
	}

	outcomesOf(payment: string): PaymentOutcome[] {
		return this.payloads<PaymentOutcome>("outcome").filter((outcome) => outcome.payment === payment);
	}

	requests(): PaymentRequest[] {
		return this.payloads<PaymentRequest>("payment");
	}

	payloads<T>(kind: EntryKind): T[] {
		return this.entries.filter((entry) => entry.kind === kind).map(({ payload }) => payload as T);
	}
}

const bookingOf = ({ id, kind, number, hash, at, clock }: JournalEntry, duplicate: boolean): Booking => ({
	...{ id, kind, number, hash, at, clock, duplicate },
	flags: [],
});

/** What a terminal did with money, as its customers would see it on their accounts. */
export type Charge = { id: string; terminal: string; type: string; amount: number };
type Order = { command: Command; result?: Result; isTold: boolean };

/** The bridge and the terminals behind it: commands come and results go when a test says so. It never does a thing twice. */
class PaperBridge {
	readonly wire: { device: string; command: Command }[] = [];
	readonly orders = new Map<string, Order & { device: string }>();
	readonly charges: Charge[] = [];
	/** How many commands were under way at once on a terminal, at most. */
	mostAtOnce = 0;

	/** Takes a command off the wire. */
	take({ device, command }: { device: string; command: Command }, nowMs: number): void {
		if (command.action === "cancel") {
			const order = this.orders.get(command.payment);
			if (order && !order.result) this.finish(command.payment, "cancelled");
			return;
		}
		const known = this.orders.get(command.id);
		if (known) {
			if (known.result) known.isTold = false;
			return;
		}
		this.orders.set(command.id, { device, command, isTold: false });
		if ("resumes" in command) this.#answer(command.id, { status: "failed", fault: { code: "COMMAND_UNKNOWN" } });
		else if (Date.parse(command.expiresAt ?? AT) <= nowMs) {
			this.#answer(command.id, { status: "failed", fault: { code: "COMMAND_EXPIRED" } });
		}
		this.mostAtOnce = Math.max(this.mostAtOnce, this.begun(device).length);
	}

	begun(device?: string): string[] {
		return [...this.orders]
			.filter(([, order]) => !order.result && order.device === (device ?? order.device))
			.map(([id]) => id);
	}

	get untold(): Result[] {
		return [...this.orders.values()].flatMap((order) => (order.result && !order.isTold ? [order.result] : []));
	}

	/** "lost": the money moved, and the terminal can't be asked any more. */
	finish(id: string, how: TerminalAnswer["status"] | "unknown" | "lost", part = 1): void {
		const order = this.orders.get(id);
		if (!order || order.result) return;
		const { command, device } = order;
		const asked = command.action === "reverse" ? command.original.amount : "amount" in command ? command.amount : 0;
		const amount = how === "approved" || how === "lost" ? Math.max(1, Math.floor(asked / part)) : 0;
		if (command.action === "end-of-day" && how !== "unknown") {
			const done = how === "approved" ? { status: "done" as const, totals: this.totals(device) } : undefined;
			this.#answer(id, done ?? { status: "failed" });
			if (done) this.charges.push({ id, terminal: device, type: "end-of-day", amount: 0 });
			return;
		}
		if (amount > 0) this.charges.push({ id, terminal: device, type: command.action, amount });
		if (how === "lost" || how === "unknown") {
			this.#answer(id, { status: "unknown" });
			return;
		}
		const reference = { receiptNumber: String(this.charges.length), transactionId: id };
		const receipts = [{ for: "customer" as const, lines: ["KOPIE KLANT", "4111 1111 1111 1111"] }];
		this.#answer(id, { status: "done", payment: { status: how, amount, reference, receipts } });
	}

	/** Payments less refunds and reversals since the last end of day, as the terminal counts them. */
	totals(device: string): { count: number; amount: number } {
		let count = 0;
		let amount = 0;
		for (const charge of this.charges.filter(({ terminal }) => terminal === device)) {
			count++;
			amount += charge.type === "pay" ? charge.amount : -charge.amount;
			if (charge.type === "end-of-day") count = amount = 0;
		}
		return { count, amount };
	}

	#answer(id: string, outcome: Partial<Result>): void {
		const order = this.orders.get(id);
		if (!order) return;
		const { command, device } = order;
		order.result = { id, device, action: command.action, at: AT, status: "done", ...outcome };
	}
}

type Asked = PaymentRequest extends infer R
	? R extends PaymentRequest
		? Omit<R, "id" | "register" | "at" | "terminal">
		: never
	: never;

/** A hub's payments among paper: they can be killed and started anew, and time goes when a test says so. */
export class World {
	readonly journal = new PaperJournal();
	readonly bridge = new PaperBridge();
	readonly told: { register: string; booking: Booking }[] = [];
	readonly printed: string[] = [];
	readonly alerts = new Map<string, string>();
	readonly states = new Map<string, DeviceState>();
	nowMs = Date.parse(AT);
	payments: Payments;
	/** After so many more calls to the books the hub is dead, in the middle of whatever it was doing. */
	diesAfter = Number.POSITIVE_INFINITY;
	#kill: () => void = () => undefined;
	#waiting: (() => void)[] = [];

	constructor() {
		this.payments = this.#open();
	}

	get isDead(): boolean {
		return this.diesAfter <= 0;
	}

	/** Lets everything happen that needs no more from outside. */
	settle(): Promise<void> {
		return new Promise((resolve) => setImmediate(resolve));
	}

	/** The hub as after `kill -9`: what it had in memory is gone, what it was doing is never done. */
	async restart(): Promise<void> {
		this.#kill();
		this.diesAfter = Number.POSITIVE_INFINITY;
		this.#waiting = [];
		this.alerts.clear();
		this.states.clear();
		this.payments = this.#open();
		await this.settle();
		void this.payments.recall();
		await this.settle();
	}

	/** Asks as a register does; the id, where the journal took it. */
	async ask(asked: Asked, { terminal = "pin-1", register = "kassa-1", id = uuidv7() } = {}): Promise<string> {
		const request = { id, register, at: AT, terminal, ...asked } as PaymentRequest;
		const payload = Buffer.from(JSON.stringify(request));
		const outcome = this.journal.submit({ kind: "payment", register, payload });
		if (outcome.status === "rejected") throw new Error(JSON.stringify(outcome.rejection));
		const { booking } = outcome;
		void this.payments.booked(booking.duplicate ? { booking } : { booking, request });
		await this.settle();
		return id;
	}

	/** Brings a command on the wire to the bridge. */
	async deliver(place = 0): Promise<void> {
		const [sent] = this.bridge.wire.splice(place, 1);
		if (sent) this.bridge.take(sent, this.nowMs);
		await this.settle();
	}

	/** Tells a result to the hub, which may be told it before; the bridge takes it for told once the hub is done. */
	async tell(result: Result): Promise<void> {
		const order = this.bridge.orders.get(result.id);
		void this.payments.heard(result).then(
			() => {
				if (order) order.isTold = true;
			},
			() => undefined,
		);
		await this.settle();
	}

	/** The terminal does what it was asked, and everyone hears of it. */
	async finish(id: string, how: Parameters<PaperBridge["finish"]>[1], part?: number): Promise<void> {
		while (this.bridge.wire.length > 0) await this.deliver();
		this.bridge.finish(id, how, part);
		for (const result of this.bridge.untold) await this.tell(result);
	}

	async become(state: DeviceState["state"], device = "pin-1"): Promise<void> {
		const since = AT;
		const now: DeviceState = { device, class: "terminal", driver: "zvt", link: "tcp://pin", state, since };
		this.states.set(device, now);
		this.payments.heardState(now);
		await this.settle();
	}

	async pass(ms: number): Promise<void> {
		this.nowMs += ms;
		this.payments.tick();
		await this.settle();
	}

	async makeRoom(): Promise<void> {
		this.journal.isFull = false;
		for (const resolve of this.#waiting.splice(0)) resolve();
		await this.settle();
	}

	#open(): Payments {
		let isAlive = true;
		this.#kill = () => {
			isAlive = false;
		};
		/** Nothing of a killed hub goes on. */
		const alive = async <T>(work: () => T): Promise<T> => {
			await Promise.resolve();
			if (isAlive && this.isDead) this.#kill();
			if (!isAlive) return new Promise<never>(() => undefined);
			this.diesAfter--;
			const done = work();
			// It may be done and the hub not live to hear of it.
			if (this.isDead && this.nowMs % 2 === 0) this.#kill();
			return isAlive ? done : new Promise<never>(() => undefined);
		};
		const ports: Ports = {
			books: {
				submit: (submission) => alive(() => this.journal.submit(submission)),
				payment: (id) =>
					alive(() => {
						const request = this.journal.entries.find((entry) => entry.id === id && entry.kind === "payment");
						const outcome = this.journal.entries.findLast(
							({ kind, payload }) => kind === "outcome" && (payload as PaymentOutcome).payment === id,
						);
						return request && { request, ...(outcome ? { outcome } : {}) };
					}),
				terminals: () => alive(() => structuredClone(this.journal.terminals)),
			},
			devices: {
				isConfigured: (name) => name.startsWith("pin-"),
				get: (name) => this.states.get(name),
				command: (device, command) => void (isAlive && this.bridge.wire.push({ device, command })),
			},
			tell: (register, booking) => {
				if (!this.journal.outcomesOf(booking.id).some(({ id }) => id === booking.outcome?.id)) {
					throw new Error(`kassa was told of an outcome that is not in the journal: ${JSON.stringify(booking)}`);
				}
				this.told.push({ register, booking });
			},
			print: (_register, lines) => this.printed.push(...lines),
			alerts: {
				raise: (code, subject, _severity, detail = "") => void this.alerts.set(`${code} ${subject}`, detail),
				clear: (subject, code) => void this.alerts.delete(`${code} ${subject}`),
			},
			clock: { ...openClock({ quality: "synchronised" }), epochMs: () => this.nowMs },
			elapsedMs: () => this.nowMs,
			pause: () => new Promise((resolve) => this.#waiting.push(resolve)),
			log: pino({ level: "silent" }),
		};
		return new Payments(ports);
	}
}

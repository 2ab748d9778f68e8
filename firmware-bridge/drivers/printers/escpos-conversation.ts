import type { Command } from "@kassahub/contracts/command.ts";
import { DeviceError, fault } from "../../fault.ts";
import type { Link } from "../../links/link.ts";
import { pause } from "../../pause.ts";
import type { Outcome, Report, Session } from "../driver.ts";
import {
	type Answer,
	AnswerSplitter,
	ASK_PAPER,
	askProcessId,
	askStatus,
	decodeStatus,
	ENABLE_STATUS_BACK,
	INITIALISE,
	type PrinterStatus,
	processIdOf,
	pulseDrawer,
	pulseDrawerNow,
	RECOVER,
	type StatusPage,
} from "./escpos-codec.ts";
import type { EscposSettings } from "./escpos-settings.ts";
import { blockedBy, conditionOf } from "./printer-state.ts";
import { encodeReceipt, encodeText, type PrintJob } from "./receipt.ts";
import { testSlip } from "./test-slip.ts";

const PAGES: readonly StatusPage[] = [1, 2, 3, 4];
const HEARTBEAT_MS = 10_000;
const WATCHFUL_MS = 1000;
/** A printer that is blocked with a full buffer may read nothing for a while; one that is idle always answers. */
const SILENT_MS_WHILE_BLOCKED = 60_000;
const MISSES_MAX = 2;
const RECOVER_EVERY_ROUNDS = 2;
const PULSE_EVERY_MS = 1000;
/** 203 dots an inch and 30 dots a line; a second for every 10 cm. */
const MS_A_LINE = 37.5;
const TICK_MS = 100;

type Confirmation = "process-id" | "paper-status" | "none";

/** One connection to an ESC/POS printer: open, ready, printing, waiting for its word that it was printed, or blocked. */
export class EscposConversation implements Session {
	readonly #link: Link;
	readonly #settings: EscposSettings;
	readonly #report: Report;
	readonly #splitter = new AnswerSplitter();
	#status: PrinterStatus = {};
	#confirmation: Confirmation | undefined;
	#answered: ((byte: number) => void) | undefined;
	#confirmed: { id: string; tell: () => void } | undefined;
	#paperAnswered: (() => void) | undefined;
	#lastId = Math.floor(Math.random() * 5000);
	#statusBackHeard: (() => void) | undefined;
	#tellsByItself = false;
	#stir: (() => void) | undefined;
	#asking: Promise<unknown> = Promise.resolve();
	#jobs = 0;
	#pulsedAt = Number.NEGATIVE_INFINITY;
	#heardAt = performance.now();
	#garbledInARow = 0;
	#lost: DeviceError | undefined;

	constructor(link: Link, settings: EscposSettings, report: Report) {
		this.#link = link;
		this.#settings = settings;
		this.#report = report;
		void link.gone.then((error) => {
			this.#lost ??= error;
		});
	}

	/** Learns how the printer is. Throws DEVICE_UNREACHABLE where it says nothing, DEVICE_GARBLED where it babbles. */
	async begin(): Promise<void> {
		this.#link.listen((bytes) => this.#hear(bytes));
		for (const page of PAGES) await this.#askStatus(page);
		const statusBack = new Promise<void>((resolve) => {
			this.#statusBackHeard = resolve;
		});
		await this.#link.write(ENABLE_STATUS_BACK);
		// It tells at once, unless it is blocked (then it does so afterwards) or does not know how.
		if (!blockedBy(this.#status)) await pause(this.#settings.answerMs, Promise.race([statusBack, this.#link.gone]));
		this.#tellCondition();
	}

	async watch(): Promise<void> {
		let misses = 0;
		for (let round = 1; !this.#lost; round++) {
			await this.#rest();
			if (this.#lost) break;
			try {
				for (const page of PAGES) await this.#askStatus(page);
				misses = 0;
				this.#tellCondition();
			} catch (error) {
				misses++;
				const mayBeSilent = this.#jobs > 0 && blockedBy(this.#status) !== undefined;
				const silentMs = performance.now() - this.#heardAt;
				if (mayBeSilent ? silentMs > SILENT_MS_WHILE_BLOCKED : misses >= MISSES_MAX) throw error;
			}
			const isStuck = this.#status.hasCutterError || this.#status.hasPassingError;
			if (isStuck && round % RECOVER_EVERY_ROUNDS === 0) await this.#link.write(RECOVER);
		}
		throw this.#lost;
	}

	/** Between two rounds of questions: long while all is well and the printer tells by itself, and no longer than that. */
	async #rest(): Promise<void> {
		const isWatchful = !this.#tellsByItself || this.#jobs > 0 || blockedBy(this.#status) !== undefined;
		if (isWatchful) return pause(WATCHFUL_MS, this.#link.gone);
		const stirred = new Promise<void>((resolve) => {
			this.#stir = resolve;
		});
		await pause(HEARTBEAT_MS, Promise.race([stirred, this.#link.gone]));
	}

	async perform(command: Command): Promise<Outcome> {
		if (command.action === "print") {
			const job = encodeReceipt(command.receipt, this.#settings.columns);
			return this.#print(job, command.openDrawer ?? false);
		}
		if (command.action === "print-text") return this.#print(encodeText(command.lines, this.#settings.columns), false);
		if (command.action === "open-drawer") return this.#openDrawer();
		const blocked = blockedBy(this.#status);
		if (blocked) return { status: "failed", fault: fault(blocked) };
		return this.#print(testSlip(this.#settings.columns), false);
	}

	#hear(bytes: Uint8Array): void {
		this.#heardAt = performance.now();
		for (const answer of this.#splitter.push(bytes)) this.#take(answer);
	}

	#take(answer: Answer): void {
		this.#garbledInARow = answer.kind === "garbled" ? this.#garbledInARow + 1 : 0;
		if (answer.kind === "status-back") {
			this.#status = { ...this.#status, ...answer.status };
			this.#tellsByItself = true;
			this.#statusBackHeard?.();
			this.#stir?.();
			this.#tellCondition();
		} else if (answer.kind === "status") this.#answered?.(answer.byte);
		else if (answer.kind === "paper") this.#paperAnswered?.();
		else if (answer.kind === "block" && processIdOf(answer) === this.#confirmed?.id) this.#confirmed?.tell();
	}

	#tellCondition(): void {
		this.#report.condition(conditionOf(this.#status));
	}

	/** One question at a time: the answers do not say which they belong to. */
	#askStatus(page: StatusPage): Promise<void> {
		const asked = this.#asking.then(() => this.#converse(page));
		this.#asking = asked.catch(() => undefined);
		return asked;
	}

	async #converse(page: StatusPage): Promise<void> {
		const answer = new Promise<number>((resolve) => {
			this.#answered = resolve;
		});
		await this.#link.write(askStatus(page));
		let byte: number | undefined;
		const heard = answer.then((value) => {
			byte = value;
		});
		await pause(this.#settings.answerMs, Promise.race([heard, this.#link.gone]));
		this.#answered = undefined;
		if (byte !== undefined) {
			this.#status = { ...this.#status, ...decodeStatus(page, byte) };
			return;
		}
		if (this.#lost) throw this.#lost;
		// What comes later answers no question any more; asking at once would take it for the next page's answer.
		await pause(this.#settings.answerMs, this.#link.gone);
		if (this.#garbledInARow > 0) throw new DeviceError("DEVICE_GARBLED", "answers that are not ESC/POS");
		throw new DeviceError("DEVICE_UNREACHABLE", `no status within ${this.#settings.answerMs} ms`);
	}

	async #confirmationOfPrinter(): Promise<Confirmation> {
		while (!this.#confirmation) {
			const learned = await this.#learnConfirmation();
			if (this.#lost) throw this.#lost;
			// A printer that was blocked meanwhile said nothing because it could not.
			if (learned !== "none" || !blockedBy(this.#status)) this.#confirmation = learned;
			else await pause(WATCHFUL_MS, this.#link.gone);
		}
		return this.#confirmation;
	}

	/** Finds out once a connection how this printer can say that it has printed; many clones know no process id. */
	async #learnConfirmation(): Promise<Confirmation> {
		const id = this.#nextId();
		let answered: Confirmation = "none";
		const processId = this.#awaitId(id).then(() => {
			answered = "process-id";
		});
		const paper = this.#awaitPaper().then(() => {
			// Answered in its turn: had the printer known the process id, that answer would have come before.
			if (answered === "none") answered = "paper-status";
		});
		// Initialising last clears what a printer that knows neither would otherwise print above the receipt.
		await this.#link.write(Buffer.concat([INITIALISE, askProcessId(id), ASK_PAPER, INITIALISE]));
		await pause(this.#settings.answerMs, Promise.race([Promise.all([processId, paper]), paper, this.#link.gone]));
		return answered;
	}

	async #print(job: PrintJob, openDrawer: boolean): Promise<Outcome> {
		this.#jobs++;
		this.#stir?.();
		try {
			if (openDrawer) await this.#holdPulse();
			const kick = openDrawer ? pulseDrawer(this.#settings.drawerPin) : new Uint8Array();
			return await this.#sendConfirmed(Buffer.concat([kick, job.bytes]), job.lines);
		} finally {
			this.#jobs--;
		}
	}

	async #openDrawer(): Promise<Outcome> {
		await this.#holdPulse();
		if (!blockedBy(this.#status)) return this.#sendConfirmed(pulseDrawer(this.#settings.drawerPin), 0);
		await this.#link.write(pulseDrawerNow(this.#settings.drawerPin));
		// Real-time commands are obeyed in the order of their arrival: an answer means that the pulse was taken.
		await this.#askStatus(1);
		return { status: "done", detail: "opened in real time, past a printer that cannot print now" };
	}

	/** A drawer's coil burns through where it is pulsed all the time. */
	async #holdPulse(): Promise<void> {
		const rest = this.#pulsedAt + PULSE_EVERY_MS - performance.now();
		this.#pulsedAt = performance.now() + Math.max(0, rest);
		if (rest > 0) await pause(rest, this.#link.gone);
	}

	/**
	 * Sends a job and waits until the printer says that it was printed. While it is blocked the clock stands still: the
	 * job is in its buffer, and goes on when a person has put in paper or closed the cover.
	 */
	async #sendConfirmed(bytes: Uint8Array, lines: number): Promise<Outcome> {
		const confirmation = await this.#confirmationOfPrinter();
		const id = this.#nextId();
		let isConfirmed = false;
		const confirmed = (confirmation === "process-id" ? this.#awaitId(id) : this.#awaitPaper()).then(() => {
			isConfirmed = true;
		});
		const question = { "process-id": askProcessId(id), "paper-status": ASK_PAPER, none: new Uint8Array() }[
			confirmation
		];
		let failure: unknown;
		this.#link.write(Buffer.concat([bytes, question])).catch((error: unknown) => {
			failure = error;
		});
		if (confirmation === "none") {
			return { status: "unknown", fault: fault("PRINT_UNCONFIRMED", "this printer cannot tell when it has printed") };
		}
		let restMs = this.#settings.confirmMs + lines * MS_A_LINE;
		while (!isConfirmed && !this.#lost && !failure && restMs > 0) {
			await pause(TICK_MS, Promise.race([confirmed, this.#link.gone]));
			if (!blockedBy(this.#status)) restMs -= TICK_MS;
		}
		if (isConfirmed) {
			return confirmation === "process-id"
				? { status: "done" }
				: { status: "done", detail: "processed by the printer, which cannot say that the last line is on paper" };
		}
		if (this.#lost || failure) {
			return { status: "unknown", fault: fault("PRINT_UNCONFIRMED", "the link was lost while printing") };
		}
		// Whatever is left in the printer must not be taken for the next receipt's confirmation.
		this.#lost = new DeviceError("DEVICE_UNREACHABLE", "the printer did not confirm a receipt");
		void this.#link.close();
		return { status: "unknown", fault: fault("PRINT_UNCONFIRMED", "no confirmation in time") };
	}

	/** Ascending, four printable characters. */
	#nextId(): string {
		this.#lastId = (this.#lastId + 1) % 10_000;
		return String(this.#lastId).padStart(4, "0");
	}

	#awaitId(id: string): Promise<void> {
		return new Promise((resolve) => {
			this.#confirmed = { id, tell: resolve };
		});
	}

	#awaitPaper(): Promise<void> {
		return new Promise((resolve) => {
			this.#paperAnswered = resolve;
		});
	}
}

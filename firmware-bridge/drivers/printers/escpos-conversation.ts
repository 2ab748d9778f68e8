import type { Command } from "@kassahub/contracts/command.ts";
import { fault } from "../../fault.ts";
import type { Identity, Link } from "../../links/link.ts";
import type { Outcome, Report, Session } from "../driver.ts";
import {
	ASK_PAPER,
	askProcessId,
	INITIALISE,
	pulseDrawer,
	pulseDrawerNow,
	RECOVER,
	type StatusPage,
} from "./escpos-codec.ts";
import type { EscposSettings } from "./escpos-settings.ts";
import { EscposTalk } from "./escpos-talk.ts";
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
/** Ten bits at 9600 baud, the slowest that receipt printers are set to. */
const MS_A_SERIAL_BYTE = 10_000 / 9600;
const TICK_MS = 100;

type Confirmation = "process-id" | "paper-status" | "none";

/** One connection to an ESC/POS printer: open, ready, printing, waiting for its word that it was printed, or blocked. */
export class EscposConversation implements Session {
	readonly #link: Link;
	readonly #settings: EscposSettings;
	readonly #report: Report;
	readonly #logo: PrintJob;
	readonly #talk: EscposTalk;
	#identity: Identity;
	#confirmation: Confirmation | undefined;
	#lastId = Math.floor(Math.random() * 5000);
	#stir: (() => void) | undefined;
	/** The jobs under way, by the time that they may take. */
	readonly #jobsMs = new Map<PrintJob, number>();
	#pulsedAt = Number.NEGATIVE_INFINITY;

	constructor(link: Link, settings: EscposSettings, logo: PrintJob, report: Report) {
		this.#link = link;
		this.#settings = settings;
		this.#logo = logo;
		this.#report = report;
		this.#identity = link.identity ?? {};
		this.#talk = new EscposTalk(link, settings.answerMs, () => {
			this.#stir?.();
			this.#tellCondition();
		});
	}

	/** Learns how the printer is, and who. Throws DEVICE_UNREACHABLE where it says nothing, DEVICE_GARBLED where it babbles. */
	async begin(): Promise<void> {
		for (const page of PAGES) await this.#talk.askStatus(page);
		await this.#talk.askToTell();
		// One that is stopped answers nothing but the questions above.
		if (!this.#blocked) await this.#talk.untilItTells();
		this.#tellCondition();
		if (this.#blocked) return;
		await this.#learnIdentity();
		this.#tellCondition();
	}

	async watch(): Promise<void> {
		let misses = 0;
		for (let round = 1; !this.#talk.lost; round++) {
			await this.#rest();
			if (this.#talk.lost) break;
			try {
				for (const page of PAGES) await this.#talk.askStatus(page);
				misses = 0;
				this.#tellCondition();
			} catch (error) {
				misses++;
				if (misses >= MISSES_MAX && this.#talk.silentMs > this.#mayBeSilentMs) throw error;
			}
			const { hasCutterError, hasPassingError } = this.#talk.status;
			if ((hasCutterError || hasPassingError) && round % RECOVER_EVERY_ROUNDS === 0) {
				void this.#talk.write(RECOVER).catch(() => undefined);
			}
		}
		throw this.#talk.lost;
	}

	async perform(command: Command): Promise<Outcome> {
		if (command.action === "print") {
			const { bytes, lines } = encodeReceipt(command.receipt, this.#settings);
			const job = { bytes: Buffer.concat([this.#logo.bytes, bytes]), lines: this.#logo.lines + lines };
			return this.#print(job, command.openDrawer ?? false);
		}
		if (command.action === "print-text") return this.#print(encodeText(command.lines, this.#settings), false);
		if (command.action === "open-drawer") return this.#openDrawer();
		if (this.#blocked) return { status: "failed", fault: fault(this.#blocked) };
		return this.#print(testSlip(this.#settings), false);
	}

	get #blocked() {
		return blockedBy(this.#talk.status);
	}

	/** How long a printer that has work may keep silent: its answers stand behind what it has still to read. */
	get #mayBeSilentMs(): number {
		if (this.#jobsMs.size === 0) return 0;
		return this.#blocked ? SILENT_MS_WHILE_BLOCKED : Math.max(...this.#jobsMs.values());
	}

	#tellCondition(): void {
		this.#report.condition({ ...conditionOf(this.#talk.status, this.#settings.drawerOpen), ...this.#identity });
	}

	/** Between two rounds of questions: long while all is well and the printer tells by itself, and no longer than that. */
	async #rest(): Promise<void> {
		const isWatchful = !this.#talk.tellsByItself || this.#jobsMs.size > 0 || this.#blocked !== undefined;
		if (isWatchful) return this.#talk.pause(WATCHFUL_MS);
		const stirred = new Promise<void>((resolve) => {
			this.#stir = resolve;
		});
		await this.#talk.pause(HEARTBEAT_MS, stirred);
	}

	/** Asks until the printer does not answer: many a copy knows nothing of itself. */
	async #learnIdentity(): Promise<void> {
		const name = await this.#talk.askIdentity("name");
		const maker = name && (await this.#talk.askIdentity("maker"));
		const firmware = maker && (await this.#talk.askIdentity("firmware"));
		const serialNumber = firmware && (await this.#talk.askIdentity("serialNumber"));
		// One that does not know the question may have taken its letters for text.
		await this.#talk.write(INITIALISE);
		const model = maker && !name.startsWith(maker) ? `${maker} ${name}` : name;
		this.#identity = {
			...this.#identity,
			...(model ? { model } : {}),
			...(firmware ? { firmware } : {}),
			...(serialNumber ? { serialNumber } : {}),
		};
	}

	async #confirmationOfPrinter(): Promise<Confirmation> {
		while (!this.#confirmation) {
			const learned = await this.#learnConfirmation();
			if (this.#talk.lost) throw this.#talk.lost;
			// A printer that was blocked meanwhile said nothing because it could not.
			if (learned !== "none" || !this.#blocked) this.#confirmation = learned;
			else await this.#talk.pause(WATCHFUL_MS);
		}
		return this.#confirmation;
	}

	/** Finds out once a connection how this printer can say that it has printed; many clones know no process id. */
	async #learnConfirmation(): Promise<Confirmation> {
		const id = this.#nextId();
		let answered: Confirmation = "none";
		const processId = this.#talk.awaitId(id).then(() => {
			answered = "process-id";
		});
		const paper = this.#talk.awaitPaper().then(() => {
			// Answered in its turn: had the printer known the process id, that answer would have come before.
			if (answered === "none") answered = "paper-status";
		});
		// Initialising last clears what a printer that knows neither would otherwise print above the receipt.
		await this.#talk.write(Buffer.concat([INITIALISE, askProcessId(id), ASK_PAPER, INITIALISE]));
		await this.#talk.pause(this.#settings.answerMs, Promise.race([Promise.all([processId, paper]), paper]));
		return answered;
	}

	async #print(job: PrintJob, openDrawer: boolean): Promise<Outcome> {
		const sendingMs = this.#link.isSerial ? job.bytes.length * MS_A_SERIAL_BYTE : 0;
		this.#jobsMs.set(job, this.#settings.confirmMs + job.lines * MS_A_LINE + sendingMs);
		this.#stir?.();
		try {
			if (openDrawer) await this.#holdPulse();
			const kick = openDrawer ? pulseDrawer(this.#settings.drawerPin) : new Uint8Array();
			return await this.#sendConfirmed(Buffer.concat([kick, job.bytes]), this.#jobsMs.get(job) ?? 0);
		} finally {
			this.#jobsMs.delete(job);
		}
	}

	async #openDrawer(): Promise<Outcome> {
		await this.#holdPulse();
		if (!this.#blocked) return this.#sendConfirmed(pulseDrawer(this.#settings.drawerPin), this.#settings.confirmMs);
		let isTaken = false;
		const taken = this.#talk.write(pulseDrawerNow(this.#settings.drawerPin)).then(() => {
			isTaken = true;
		});
		await this.#talk.pause(this.#settings.answerMs, taken);
		if (!isTaken) {
			const detail = "the printer takes no data now; the drawer may open when it goes on";
			return { status: "unknown", fault: fault("DEVICE_UNREACHABLE", detail) };
		}
		// Real-time commands are obeyed in the order of their arrival: an answer means that the pulse was taken.
		await this.#talk.askStatus(1);
		return { status: "done", detail: "opened in real time, past a printer that cannot print now" };
	}

	/** A drawer's coil burns through where it is pulsed all the time. */
	async #holdPulse(): Promise<void> {
		const rest = this.#pulsedAt + PULSE_EVERY_MS - performance.now();
		this.#pulsedAt = performance.now() + Math.max(0, rest);
		if (rest > 0) await this.#talk.pause(rest);
	}

	/**
	 * Sends a job and waits until the printer says that it was printed. While it is blocked the clock stands still: the
	 * job is in its buffer, and goes on when a person has put in paper or closed the cover.
	 */
	async #sendConfirmed(bytes: Uint8Array, withinMs: number): Promise<Outcome> {
		const confirmation = await this.#confirmationOfPrinter();
		const id = this.#nextId();
		let isConfirmed = false;
		const confirmed = (confirmation === "process-id" ? this.#talk.awaitId(id) : this.#talk.awaitPaper()).then(() => {
			isConfirmed = true;
		});
		const question = { "process-id": askProcessId(id), "paper-status": ASK_PAPER, none: new Uint8Array() }[
			confirmation
		];
		let failure: unknown;
		this.#talk.write(Buffer.concat([bytes, question])).catch((error: unknown) => {
			failure = error;
		});
		if (confirmation === "none") {
			return { status: "unknown", fault: fault("PRINT_UNCONFIRMED", "this printer cannot tell when it has printed") };
		}
		let restMs = withinMs;
		while (!isConfirmed && !this.#talk.lost && !failure && restMs > 0) {
			await this.#talk.pause(TICK_MS, confirmed);
			if (!this.#blocked) restMs -= TICK_MS;
		}
		if (isConfirmed) {
			return confirmation === "process-id"
				? { status: "done" }
				: { status: "done", detail: "processed by the printer, which cannot say that the last line is on paper" };
		}
		if (this.#talk.lost || failure) {
			return { status: "unknown", fault: fault("PRINT_UNCONFIRMED", "the link was lost while printing") };
		}
		this.#talk.giveUp("the printer did not confirm a receipt");
		return { status: "unknown", fault: fault("PRINT_UNCONFIRMED", "no confirmation in time") };
	}

	/** Ascending, four printable characters. */
	#nextId(): string {
		this.#lastId = (this.#lastId + 1) % 10_000;
		return String(this.#lastId).padStart(4, "0");
	}
}

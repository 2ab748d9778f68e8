import { DeviceError } from "../../fault.ts";
import type { Link } from "../../links/link.ts";
import { pause } from "../../pause.ts";
import {
	type Answer,
	askIdentity,
	askStatus,
	decodeAnswer,
	decodeStatus,
	ENABLE_STATUS_BACK,
	IDENTITY_HEADER,
	type IdentityPart,
	type PrinterStatus,
	processIdOf,
	type StatusPage,
	splitAnswers,
} from "./escpos-codec.ts";

const IDENTITY_CHARACTERS_MAX = 48;

/** What is said to a printer and what it says: nothing in an answer tells which question it belongs to, only the order. */
export class EscposTalk {
	readonly #link: Link;
	readonly #answerMs: number;
	readonly #told: () => void;
	readonly #splitter = splitAnswers();
	#status: PrinterStatus = {};
	#tellsByItself = false;
	#answered: ((byte: number) => void) | undefined;
	#identified: ((text: string) => void) | undefined;
	#confirmed: { id: string; tell: () => void } | undefined;
	#paperAnswered: (() => void) | undefined;
	#statusBackHeard: (() => void) | undefined;
	#asking: Promise<unknown> = Promise.resolve();
	#question: { isTaken: boolean; taken: Promise<void> } = { isTaken: true, taken: Promise.resolve() };
	#heardAt = performance.now();
	#garbledInARow = 0;
	#lost: DeviceError | undefined;

	/** `told` is called when the printer has said by itself how it is. */
	constructor(link: Link, answerMs: number, told: () => void) {
		this.#link = link;
		this.#answerMs = answerMs;
		this.#told = told;
		void link.gone.then((error) => {
			this.#lost ??= error;
		});
		link.listen((bytes) => {
			this.#heardAt = performance.now();
			for (const frame of this.#splitter.push(bytes)) this.#take(decodeAnswer(frame));
		});
	}

	get status(): PrinterStatus {
		return this.#status;
	}

	/** Whether it tells how it is when that changes, and need not be asked so often. */
	get tellsByItself(): boolean {
		return this.#tellsByItself;
	}

	get lost(): DeviceError | undefined {
		return this.#lost;
	}

	get silentMs(): number {
		return performance.now() - this.#heardAt;
	}

	write(bytes: Uint8Array): Promise<void> {
		return this.#link.write(bytes);
	}

	/** Ends the conversation: what is still in the printer must not be taken for what belongs to something newer. */
	giveUp(why: string): void {
		this.#lost ??= this.#question.isTaken ? new DeviceError("DEVICE_UNREACHABLE", why) : takesNothing();
		void this.#link.close();
	}

	/** Waits so long, or until this is settled or the link is lost. */
	pause(ms: number, until: Promise<unknown> = this.#link.gone): Promise<void> {
		return pause(ms, Promise.race([until, this.#link.gone]));
	}

	/** Lets it tell by itself how it is. */
	askToTell(): Promise<void> {
		return this.#link.write(ENABLE_STATUS_BACK);
	}

	/** It tells at once, unless it does not know how. */
	untilItTells(): Promise<void> {
		if (this.#tellsByItself) return Promise.resolve();
		const heard = new Promise<void>((resolve) => {
			this.#statusBackHeard = resolve;
		});
		return this.pause(this.#answerMs, heard);
	}

	/** One question at a time. Throws DEVICE_UNREACHABLE where it says nothing, DEVICE_GARBLED where it babbles. */
	askStatus(page: StatusPage): Promise<void> {
		const asked = this.#asking.then(() => this.#converse(page));
		this.#asking = asked.catch(() => undefined);
		return asked;
	}

	/** GS I: what the printer says of itself, or nothing where it does not know the question. */
	async askIdentity(part: IdentityPart): Promise<string | undefined> {
		let text: string | undefined;
		const heard = new Promise<void>((resolve) => {
			this.#identified = (answer) => {
				text = answer
					.replace(/[^ -~]/g, "")
					.trim()
					.slice(0, IDENTITY_CHARACTERS_MAX);
				resolve();
			};
		});
		await this.#link.write(askIdentity(part));
		await this.pause(this.#answerMs, heard);
		this.#identified = undefined;
		return text || undefined;
	}

	/** Resolves when the printer answers with this process id. */
	awaitId(id: string): Promise<void> {
		return new Promise((resolve) => {
			this.#confirmed = { id, tell: resolve };
		});
	}

	/** Resolves when the printer answers GS r. */
	awaitPaper(): Promise<void> {
		return new Promise((resolve) => {
			this.#paperAnswered = resolve;
		});
	}

	#take(answer: Answer): void {
		this.#garbledInARow = answer.kind === "garbled" ? this.#garbledInARow + 1 : 0;
		if (answer.kind === "status-back") {
			this.#status = { ...this.#status, ...answer.status };
			this.#tellsByItself = true;
			this.#statusBackHeard?.();
			this.#told();
		} else if (answer.kind === "status") this.#answered?.(answer.byte);
		else if (answer.kind === "paper") this.#paperAnswered?.();
		else if (answer.kind !== "block") return;
		else if (answer.header === IDENTITY_HEADER) this.#identified?.(answer.text);
		else if (processIdOf(answer) === this.#confirmed?.id) this.#confirmed?.tell();
	}

	async #converse(page: StatusPage): Promise<void> {
		await this.#settle();
		let byte: number | undefined;
		const heard = new Promise<void>((resolve) => {
			this.#answered = (answer) => {
				byte = answer;
				resolve();
			};
		});
		const question = { isTaken: false, taken: this.#link.write(askStatus(page)) };
		question.taken.then(
			() => {
				question.isTaken = true;
			},
			() => undefined,
		);
		this.#question = question;
		await this.pause(this.#answerMs, Promise.all([question.taken, heard]));
		this.#answered = undefined;
		if (this.#lost) throw this.#lost;
		if (byte !== undefined) {
			this.#status = { ...this.#status, ...decodeStatus(page, byte) };
			return;
		}
		if (!question.isTaken) throw takesNothing();
		// What comes later answers no question any more; asking at once would take it for the next page's answer.
		await this.pause(this.#answerMs);
		if (this.#garbledInARow > 0) throw new DeviceError("DEVICE_GARBLED", "answers that are not ESC/POS");
		throw new DeviceError("DEVICE_UNREACHABLE", `no status within ${this.#answerMs} ms`);
	}

	/** A question that the printer has not taken yet is not followed by another; its late answer answers nothing. */
	async #settle(): Promise<void> {
		if (this.#question.isTaken) return;
		await this.pause(this.#answerMs, this.#question.taken);
		if (this.#lost) throw this.#lost;
		if (!this.#question.isTaken) throw takesNothing();
		await this.pause(this.#answerMs);
	}
}

const takesNothing = (): DeviceError =>
	new DeviceError("DEVICE_UNREACHABLE", "the printer takes no data: is it out of paper, or off line?");

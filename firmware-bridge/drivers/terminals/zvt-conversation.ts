import { DeviceError } from "../../fault.ts";
import type { Link } from "../../links/link.ts";
import { WireError } from "../wire.ts";
import { type Apdu, decodeApdu } from "./zvt-apdu.ts";
import { ABORT, command, encodeRefusal, POSITIVE } from "./zvt-commands.ts";
import { decodeProgress } from "./zvt-progress.ts";
import { ABORTED, NOT_POSSIBLE, PROCESSING_ERROR } from "./zvt-results.ts";
import { decodeStatusInformation } from "./zvt-status-information.ts";
import type { Transport } from "./zvt-transport.ts";

/** How a command ended. Refused: at once, so that nothing was begun. */
export type Ending =
	| { kind: "refused"; code: number; data: Uint8Array }
	| { kind: "completed"; data: Uint8Array }
	| { kind: "aborted"; code: number };

/** Takes one message of the terminal and gives the answer to it. */
export type Take = (message: Apdu) => Uint8Array | Promise<Uint8Array>;

const MINUTE_MS = 60_000;
/** Classes of the terminal's own messages (sheet 4). */
const CLASSES = new Set([0x04, 0x05, 0x06, 0x08]);

const isAnswer = ({ command: head }: Apdu): boolean => head >> 8 === 0x80 || head >> 8 === 0x84;
/** 80 00, and 84 00, which is equally positive. */
const isPositive = ({ command: head }: Apdu): boolean => head >> 8 === 0x80 || head === 0x8400;

/**
 * Command and answer (sheet 1.4): the hub asks, the terminal is master until 06 0F or 06 1E, and each of its messages is
 * answered. What is not answered in time ends the connection: what came of it is then to be found out.
 */
export class Conversation {
	readonly #link: Link;
	readonly #transport: Transport;
	readonly #answerMs: number;
	readonly #completionMs: number;
	#came: Apdu[] = [];
	#wake: () => void = () => undefined;
	#isRunning = false;
	/** Resolves when the terminal has answered the command that runs, or that is over. */
	#answered: Promise<void> = Promise.resolve();
	#tellAnswered: () => void = () => undefined;
	#abort: ((isAccepted: boolean) => void) | undefined;
	#broken: DeviceError | undefined;

	constructor(
		link: Link,
		transport: Transport,
		{ answerMs, completionMs }: { answerMs: number; completionMs: number },
	) {
		this.#link = link;
		this.#transport = transport;
		this.#answerMs = answerMs;
		this.#completionMs = completionMs;
		void link.gone.then((error) => this.#break(error));
		transport.listen((bytes) => this.#receive(bytes));
	}

	/** One command, from asking to its end; one at a time. Throws DeviceError, and the link is closed then. */
	async run(request: Uint8Array, take: Take = takeStray): Promise<Ending> {
		if (this.#broken) throw this.#broken;
		this.#isRunning = true;
		this.#answered = new Promise((resolve) => {
			this.#tellAnswered = resolve;
		});
		this.#came = [];
		try {
			await this.#transport.send(request);
			return await this.#converse(take);
		} catch (error) {
			if (error instanceof WireError) throw this.giveUp(error);
			if (error instanceof DeviceError) this.#break(error);
			void this.#link.close();
			throw error;
		} finally {
			this.#isRunning = false;
			this.#tellAnswered();
			this.#abort?.(false);
		}
	}

	/** Ends the connection over a message that can't be read; the error to throw. */
	giveUp(unreadable: WireError): DeviceError {
		const reason = new DeviceError("DEVICE_GARBLED", unreadable.message);
		this.#break(reason);
		void this.#link.close();
		return reason;
	}

	/** Asks for the end of the command that runs (06 B0); whether the terminal agrees. */
	async abort(): Promise<boolean> {
		await this.#answered;
		if (!this.#isRunning || this.#abort) return false;
		const answered = new Promise<boolean>((resolve) => {
			const timer = setTimeout(() => this.#abort?.(false), this.#answerMs);
			this.#abort = (isAccepted) => {
				clearTimeout(timer);
				this.#abort = undefined;
				resolve(isAccepted);
			};
		});
		await this.#transport.send(ABORT);
		return answered;
	}

	async #converse(take: Take): Promise<Ending> {
		let isAnswered = false;
		let completionMs = this.#completionMs;
		let deadline = performance.now() + this.#answerMs;
		for (;;) {
			const message = await this.#next(deadline, isAnswered);
			if (isAnswer(message)) {
				if (isAnswered) this.#abort?.(isPositive(message));
				else if (!isPositive(message)) return { kind: "refused", code: message.command & 0xff, data: message.data };
				if (!isAnswered) deadline = performance.now() + completionMs;
				isAnswered = true;
				this.#tellAnswered();
				continue;
			}
			if (!isAnswered) {
				// Of a command before this one, which this program no longer knows.
				await this.#transport.send(await takeStray(message));
				continue;
			}
			const ending = endingOf(message);
			if (ending) return this.#conclude(ending);
			await this.#transport.send(await take(message));
			if (message.command === command.progress) {
				const { minutes } = decodeProgress(message.data);
				if (minutes) completionMs = minutes * MINUTE_MS;
			}
			if (message.command === command.progress || message.command === command.statusInformation) {
				deadline = performance.now() + completionMs;
			}
		}
	}

	/** What the terminal said at the end stands, whether our last answer reaches it or not. */
	async #conclude(ending: Ending): Promise<Ending> {
		await this.#transport.send(POSITIVE).catch((error: unknown) => {
			if (!(error instanceof DeviceError)) throw error;
			this.#break(error);
			void this.#link.close();
		});
		return ending;
	}

	async #next(deadline: number, isAnswered: boolean): Promise<Apdu> {
		for (;;) {
			const message = this.#came.shift();
			if (message) return message;
			if (this.#broken) throw this.#broken;
			const rest = deadline - performance.now();
			if (rest <= 0) throw this.#late(isAnswered);
			await this.#wait(rest);
		}
	}

	#late(isAnswered: boolean): DeviceError {
		if (this.#transport.discard()) return new DeviceError("DEVICE_GARBLED", "a message was cut off");
		if (!isAnswered) return new DeviceError("DEVICE_UNREACHABLE", `no answer within ${this.#answerMs} ms (T3)`);
		return new DeviceError("DEVICE_UNREACHABLE", "the command did not end in time (T4)");
	}

	#wait(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, ms);
			this.#wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}

	#break(error: DeviceError): void {
		this.#broken ??= error;
		this.#wake();
	}

	#receive(bytes: Uint8Array): void {
		let message: Apdu;
		try {
			message = decodeApdu(bytes);
			if (!isAnswer(message) && !CLASSES.has(message.command >> 8)) throw new WireError("no message of a terminal");
		} catch (error) {
			if (!(error instanceof WireError)) throw error;
			this.giveUp(error);
			return;
		}
		if (this.#isRunning) {
			this.#came.push(message);
			this.#wake();
		} else if (!isAnswer(message)) this.#answerStray(message);
	}

	#answerStray(message: Apdu): void {
		// Where this can't be sent the link is lost, which is noticed by whoever asks next.
		Promise.resolve(takeStray(message))
			.then((answer) => this.#transport.send(answer))
			.catch(() => undefined);
	}
}

function endingOf({ command: head, data }: Apdu): Ending | undefined {
	if (head === command.completion) return { kind: "completed", data };
	if (head === command.abortByTerminal) return { kind: "aborted", code: data[0] ?? ABORTED };
	return undefined;
}

/**
 * The answer to what no command of ours asked for. An approval that is unknown here is taken back by the terminal on this
 * answer (sheet 4.2): nobody would book it. Totals of an end of day are none.
 */
export function takeStray({ command: head, data }: Apdu): Uint8Array {
	switch (head) {
		case command.statusInformation:
			return isUnknownApproval(data) ? encodeRefusal(PROCESSING_ERROR) : POSITIVE;
		case command.progress:
		case command.completion:
		case command.abortByTerminal:
		case command.printLine:
		case command.printTextBlock:
		case command.setTime:
			return POSITIVE;
		default:
			return encodeRefusal(NOT_POSSIBLE);
	}
}

function isUnknownApproval(data: Uint8Array): boolean {
	try {
		const { result, totals } = decodeStatusInformation(data);
		return result === 0 && totals === undefined;
	} catch {
		// What can't be read can't be an approval that somebody books.
		return true;
	}
}

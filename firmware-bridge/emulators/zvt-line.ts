import type { BenchMessage } from "./terminal-on-bench.ts";
import { type Message, readApdu } from "./zvt-bytes.ts";
import { nameOf } from "./zvt-messages.ts";

/** The hub is gone, or says nothing: what was under way ends here. */
export class LineLost extends Error {}

/** Where whole messages leave the terminal. */
export type Port = { send(bytes: Uint8Array): void; close(): void };

export type Hook = (message: BenchMessage) => void;

/** Counts the messages of all lines of a terminal, and tells the bench of each before and after. */
export class MessageCounter {
	#hook: Hook | undefined;
	#next = 0;

	hook(hook: Hook | undefined): void {
		this.#hook = hook;
		this.#next = 0;
	}

	begin(direction: "in" | "out", { head }: Message): () => void {
		const index = this.#next++;
		const message = { index, direction, name: nameOf(head) };
		const hook = this.#hook;
		hook?.({ ...message, moment: "before" });
		return () => hook?.({ ...message, moment: "after" });
	}
}

/** One connection of a hub, in messages: a command in, and for each of the terminal's own messages its answer. */
export class Line {
	readonly #port: Port;
	readonly #counter: MessageCounter;
	readonly #ackMs: number;
	/** Takes a command: begins what it asks and returns what comes after its answer. */
	readonly #command: (message: Message) => (() => void) | undefined;
	/** Resolves when the connection is over. */
	readonly gone: Promise<void>;
	#tellGone: () => void = () => undefined;
	#isLost = false;
	#waiting: { take: (answer: Message) => void; lose: () => void } | undefined;

	constructor(
		port: Port,
		options: { counter: MessageCounter; ackMs: number; command: (message: Message) => (() => void) | undefined },
	) {
		this.#port = port;
		this.#counter = options.counter;
		this.#ackMs = options.ackMs;
		this.#command = options.command;
		this.gone = new Promise((resolve) => {
			this.#tellGone = resolve;
		});
	}

	get isLost(): boolean {
		return this.#isLost;
	}

	/** A whole message of the hub. */
	receive(bytes: Uint8Array): void {
		if (this.#isLost) return;
		const message = readApdu(bytes);
		const tellAfter = this.#counter.begin("out", message);
		if (this.#isLost) return;
		if (message.head >> 8 === 0x80 || message.head >> 8 === 0x84) {
			this.#waiting?.take(message);
			tellAfter();
			return;
		}
		const goOn = this.#command(message);
		tellAfter();
		try {
			if (!this.#isLost) goOn?.();
		} catch (error) {
			if (!(error instanceof LineLost)) throw error;
		}
	}

	/** Sends an answer, or a message whose answer nobody waits for. */
	tell(bytes: Uint8Array): void {
		if (this.#isLost) throw new LineLost();
		const tellAfter = this.#counter.begin("in", readApdu(bytes));
		if (this.#isLost) throw new LineLost();
		this.#port.send(bytes);
		tellAfter();
		if (this.#isLost) throw new LineLost();
	}

	/**
	 * Sends a message and waits for the hub's answer; `obey` does at once what the answer means. Throws LineLost where none
	 * comes.
	 */
	say(bytes: Uint8Array, obey: (answer: Message) => void = () => undefined): Promise<Message> {
		return new Promise((resolve, reject) => {
			const lose = (): void => {
				clearTimeout(timer);
				this.#waiting = undefined;
				reject(new LineLost());
			};
			const timer = setTimeout(() => {
				this.lose();
				lose();
			}, this.#ackMs);
			this.#waiting = {
				lose,
				take: (answer) => {
					clearTimeout(timer);
					this.#waiting = undefined;
					obey(answer);
					resolve(answer);
				},
			};
			try {
				this.tell(bytes);
			} catch {
				lose();
			}
		});
	}

	/** The connection is over, from whichever side. */
	lose(): void {
		if (this.#isLost) return;
		this.#isLost = true;
		this.#tellGone();
		this.#port.close();
		this.#waiting?.lose();
	}
}

/** Whether the hub's answer accepts (section 1.4: 84 00 is as good as 80 00). */
export const isPositive = ({ head }: Message): boolean => head === 0x8000 || head === 0x8400;

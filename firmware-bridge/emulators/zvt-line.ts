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
	#came: Uint8Array[] = [];
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

	/** A whole message of the hub. What the one before it led to is done first, though both came in one segment. */
	receive(bytes: Uint8Array): void {
		this.#came.push(bytes);
		if (this.#came.length === 1) setImmediate(() => this.#takeNext());
	}

	#takeNext(): void {
		const [bytes] = this.#came;
		if (!bytes || this.#isLost) return;
		this.#take(readApdu(bytes));
		setImmediate(() => {
			this.#came.shift();
			this.#takeNext();
		});
	}

	#take(message: Message): void {
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
			goOn?.();
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
		return new Promise<Message>((resolve, reject) => {
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
		}).then((answer) => {
			// What cut the line right after the answer came ends what was under way as well.
			if (this.#isLost) throw new LineLost();
			return answer;
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

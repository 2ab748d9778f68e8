import type { DeviceError } from "../../fault.ts";
import type { Link } from "../../links/link.ts";
import { pause } from "../../pause.ts";
import { decodeFrame, type Frame, splitFrames } from "./shelf-node-codec.ts";

/** What came of asking a node. garbled: something answered, and no answer of it could be read. */
export type Answer = Frame | "silent" | "garbled";

const RETRIES = 2;
/** The line must be free this long before the hub speaks again. */
const TURNAROUND_MS = 1;

/** A half-duplex bus: one question at a time, and an answer counts only by its number. A late one is no answer. */
export class ShelfNodeBus {
	readonly #link: Link;
	readonly #answerMs: number;
	#turn: Promise<unknown> = Promise.resolve();
	#seq = 0;
	#lost: DeviceError | undefined;
	#hear: (frame: ReturnType<typeof decodeFrame>) => void = () => undefined;

	constructor(link: Link, answerMs: number) {
		this.#link = link;
		this.#answerMs = answerMs;
		const splitter = splitFrames();
		link.listen((bytes) => {
			for (const frame of splitter.push(bytes)) this.#hear(decodeFrame(frame));
		});
		void link.gone.then((error) => {
			this.#lost = error;
		});
	}

	/** Asks a node, and twice again where no answer can be read. Throws DEVICE_UNREACHABLE where the port is gone. */
	ask(address: number, question: (address: number, seq: number) => Uint8Array, retries = RETRIES): Promise<Answer> {
		const answer = this.#turn.then(() => this.#converse(address, question, retries));
		this.#turn = answer.catch(() => undefined);
		return answer;
	}

	async #converse(
		address: number,
		question: (address: number, seq: number) => Uint8Array,
		retries: number,
	): Promise<Answer> {
		let outcome: Answer = "silent";
		for (let attempt = 0; attempt <= retries; attempt++) {
			if (this.#lost) throw this.#lost;
			const answer = await this.#once(address, question);
			await pause(TURNAROUND_MS, this.#link.gone);
			if (typeof answer === "object") return answer;
			if (answer === "garbled") outcome = answer;
		}
		return outcome;
	}

	async #once(address: number, question: (address: number, seq: number) => Uint8Array): Promise<Answer> {
		this.#seq = (this.#seq + 1) % 256;
		const seq = this.#seq;
		let answer: Answer = "silent";
		const answered = new Promise<void>((resolve) => {
			this.#hear = (frame) => {
				// What the hub said itself comes back from some converters, and says nothing.
				if (frame.kind === "poll" || frame.kind === "tare") return;
				if (frame.kind === "garbled") answer = "garbled";
				else if (frame.address === address && frame.seq === seq) {
					answer = frame;
					resolve();
				}
			};
		});
		await this.#link.write(question(address, seq));
		await pause(this.#answerMs, Promise.race([answered, this.#link.gone]));
		this.#hear = () => undefined;
		return answer;
	}
}

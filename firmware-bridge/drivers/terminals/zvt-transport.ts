import { DeviceError } from "../../fault.ts";
import type { Link } from "../../links/link.ts";
import { pause } from "../../pause.ts";
import { splitApdus } from "./zvt-apdu.ts";
import { ACK, decodeBlock, encodeBlock, isBlock, NAK, splitBlocks } from "./zvt-block.ts";

/** Whole messages to and from the terminal, whatever carries them. */
export type Transport = {
	/** Resolves when the network has it, or the terminal's ACK for it came. Throws DEVICE_UNREACHABLE, DEVICE_GARBLED. */
	send(message: Uint8Array): Promise<void>;
	/** One listener. */
	listen(receive: (message: Uint8Array) => void): void;
	/** Forgets a message that has only begun; true where there was one. */
	discard(): boolean;
	/** Lets pass what was said to whoever had the line before. */
	settle(): Promise<void>;
};

/** Sheet 1.1: messages back to back, cut by their lengths. */
export function overTcp(link: Link): Transport {
	const splitter = splitApdus();
	return {
		send: (message) => link.write(message),
		listen: (receive) => {
			link.listen((bytes) => {
				for (const message of splitter.push(bytes)) receive(message);
			});
		},
		discard: () => splitter.discard(),
		// A connection begins with nothing on it.
		settle: async () => undefined,
	};
}

/** A block is sent so often in all: repeated at most twice (sheet 1.2). */
const ATTEMPTS = 3;

type Receipt = "ack" | "nak" | "silence";

/** Sheet 1.2: blocks with a check sum, each acknowledged before it is looked at. */
export class SerialTransport implements Transport {
	readonly #link: Link;
	readonly #characterMs: number;
	readonly #blockMs: number;
	readonly #splitter = splitBlocks();
	#receive: (message: Uint8Array) => void = () => undefined;
	#receipt: ((receipt: Receipt) => void) | undefined;
	#turn: Promise<unknown> = Promise.resolve();
	#gap: NodeJS.Timeout | undefined;
	#chunks = 0;
	#isSettling = false;

	constructor(link: Link, { characterMs, blockMs }: { characterMs: number; blockMs: number }) {
		this.#link = link;
		this.#characterMs = characterMs;
		this.#blockMs = blockMs;
		void link.gone.then(() => clearTimeout(this.#gap));
	}

	listen(receive: (message: Uint8Array) => void): void {
		this.#receive = receive;
		this.#link.listen((bytes) => this.#take(bytes));
	}

	send(message: Uint8Array): Promise<void> {
		const sent = this.#turn.then(() => this.#sendBlock(encodeBlock(message)));
		this.#turn = sent.catch(() => undefined);
		return sent;
	}

	discard(): boolean {
		return this.#splitter.discard();
	}

	/** The port may hold what came while nobody had it open: an old answer must not pass for a new one. */
	async settle(): Promise<void> {
		this.#isSettling = true;
		for (let chunks = -1; chunks !== this.#chunks; ) {
			chunks = this.#chunks;
			await pause(this.#characterMs, this.#link.gone);
		}
		this.#isSettling = false;
	}

	async #sendBlock(block: Uint8Array): Promise<void> {
		let receipt: Receipt = "silence";
		for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
			const answer = this.#nextReceipt();
			await this.#link.write(block);
			receipt = await answer;
			if (receipt === "ack") return;
		}
		if (receipt === "nak") throw new DeviceError("DEVICE_GARBLED", "the terminal refuses the block three times (NAK)");
		throw new DeviceError("DEVICE_UNREACHABLE", `no ACK within ${this.#blockMs} ms, three times`);
	}

	async #nextReceipt(): Promise<Receipt> {
		let receipt: Receipt = "silence";
		const came = new Promise<void>((resolve) => {
			this.#receipt = (answer) => {
				receipt = answer;
				resolve();
			};
		});
		await pause(this.#blockMs, Promise.race([came, this.#link.gone]));
		this.#receipt = undefined;
		return receipt;
	}

	#take(bytes: Uint8Array): void {
		clearTimeout(this.#gap);
		this.#chunks++;
		if (this.#isSettling) return;
		for (const piece of this.#splitter.push(bytes)) this.#judge(piece);
		this.#awaitRest();
	}

	/** T1: a block that stops half-way is refused. Bytes that came while this program was busy are looked at first. */
	#awaitRest(): void {
		const chunks = this.#chunks;
		this.#gap = setTimeout(() => {
			setImmediate(() => {
				if (chunks === this.#chunks && this.#splitter.discard()) this.#answer(NAK);
			});
		}, this.#characterMs);
	}

	#judge(piece: Uint8Array): void {
		let decoded: ReturnType<typeof decodeBlock>;
		try {
			decoded = decodeBlock(piece);
		} catch {
			// Noise between blocks is nobody's message; what has a block's shape, or began as one, is refused.
			if (isBlock(piece) || piece.length > 2) this.#answer(NAK);
			return;
		}
		if (decoded.kind !== "message") {
			this.#receipt?.(decoded.kind);
			return;
		}
		this.#answer(ACK);
		// An answer to what was sent shows that it came, though its ACK was lost.
		if (isAnswer(decoded.message)) this.#receipt?.("ack");
		this.#receive(decoded.message);
	}

	#answer(byte: number): void {
		this.#link.write(Uint8Array.of(byte)).catch(() => undefined);
	}
}

const isAnswer = (message: Uint8Array): boolean => message[0] === 0x80 || message[0] === 0x84;

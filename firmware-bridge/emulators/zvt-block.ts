import { crcOf } from "./zvt-bytes.ts";

const [STX, ETX, ACK, DLE, NAK] = [0x02, 0x03, 0x06, 0x10, 0x15];
/** A block is sent this often in all (section 1.2: repeated at most twice). */
const ATTEMPTS = 3;

/** What noise on the cable does to the blocks that the terminal sends and receives. */
export type CableFaults = {
	/** So many of the next blocks leave with a wrong check sum. */
	wrongCrcs: number;
	/** So many of the next blocks are answered with NAK, whatever they are. */
	naks: number;
	/** Blocks that arrive are not answered at all. */
	isDeaf: boolean;
};

/** A message as a block: DLE STX, the message with each DLE doubled, DLE ETX, check sum. */
export function blockOf(message: Uint8Array, spoil = 0): Uint8Array {
	const doubled = [...message].flatMap((byte) => (byte === DLE ? [DLE, DLE] : [byte]));
	const crc = crcOf([...message, ETX]) ^ spoil;
	return Uint8Array.from([DLE, STX, ...doubled, DLE, ETX, crc & 0xff, crc >> 8]);
}

/** The terminal's end of a serial cable: messages in blocks, each answered with ACK or NAK. */
export class BlockPort {
	readonly #write: (bytes: Uint8Array) => void;
	readonly #take: (message: Uint8Array) => void;
	readonly #ackMs: number;
	#faults: CableFaults = { wrongCrcs: 0, naks: 0, isDeaf: false };
	#state: "idle" | "dle" | "in" | "in-dle" | "crc-low" | "crc-high" = "idle";
	#message: number[] = [];
	#crcLow = 0;
	#queue: { message: Uint8Array; attempts: number }[] = [];
	#timer: NodeJS.Timeout | undefined;

	constructor(write: (bytes: Uint8Array) => void, take: (message: Uint8Array) => void, ackMs: number) {
		this.#write = write;
		this.#take = take;
		this.#ackMs = ackMs;
	}

	suffer(faults: Partial<CableFaults>): void {
		this.#faults = { ...this.#faults, ...faults };
	}

	send(message: Uint8Array): void {
		this.#queue.push({ message, attempts: 0 });
		if (this.#queue.length === 1) this.#attempt();
	}

	/** Forgets everything that was under way on the cable. */
	reset(): void {
		clearTimeout(this.#timer);
		this.#queue = [];
		this.#state = "idle";
	}

	receive(bytes: Uint8Array): void {
		for (const byte of bytes) this.#read(byte);
	}

	#attempt(): void {
		clearTimeout(this.#timer);
		const [first] = this.#queue;
		if (!first) return;
		if (first.attempts === ATTEMPTS) {
			this.#leave();
			return;
		}
		first.attempts++;
		const isSpoiled = this.#faults.wrongCrcs > 0;
		if (isSpoiled) this.#faults.wrongCrcs--;
		this.#timer = setTimeout(() => this.#attempt(), this.#ackMs);
		this.#write(blockOf(first.message, isSpoiled ? 0x5555 : 0));
	}

	#leave(): void {
		clearTimeout(this.#timer);
		this.#queue.shift();
		this.#attempt();
	}

	#read(byte: number): void {
		if (this.#state === "idle") {
			if (byte === ACK) this.#leave();
			else if (byte === NAK) this.#attempt();
			else if (byte === DLE) this.#state = "dle";
		} else if (this.#state === "dle") {
			this.#message = [];
			this.#state = byte === STX ? "in" : "idle";
		} else if (this.#state === "in") {
			if (byte === DLE) this.#state = "in-dle";
			else this.#message.push(byte);
		} else if (this.#state === "in-dle") {
			if (byte === ETX) this.#state = "crc-low";
			else {
				this.#message.push(byte);
				this.#state = "in";
			}
		} else if (this.#state === "crc-low") {
			this.#crcLow = byte;
			this.#state = "crc-high";
		} else {
			this.#state = "idle";
			this.#judge((byte << 8) | this.#crcLow);
		}
	}

	#judge(crc: number): void {
		if (this.#faults.isDeaf) return;
		const isRefused = this.#faults.naks > 0;
		if (isRefused) this.#faults.naks--;
		if (isRefused || crcOf([...this.#message, ETX]) !== crc) {
			this.#write(Uint8Array.of(NAK));
			return;
		}
		this.#write(Uint8Array.of(ACK));
		this.#take(Uint8Array.from(this.#message));
	}
}

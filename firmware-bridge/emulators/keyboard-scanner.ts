/** How an emulated keyboard scanner misbehaves, on command. All off by default. */
export type KeyboardMisbehaviour = {
	/** Holds every key so long that the kernel repeats it. */
	repeatsKeys: boolean;
	/** The kernel's queue runs over in the middle of the code: SYN_DROPPED, and the half behind it is lost. */
	overruns: boolean;
	/** Presses no Enter behind the code. */
	forgetsEnd: boolean;
};

type Stroke = { code: number; shift?: boolean; control?: boolean };

const EV_SYN = 0;
const EV_KEY = 1;
const EV_MSC = 4;
const SYN_DROPPED = 3;
const MSC_SCAN = 4;
const LEFT_SHIFT = 42;
const LEFT_CONTROL = 29;
const RIGHT_BRACE = 27;
const ENTER = 28;

/** A US keyboard as linux/input-event-codes.h numbers it: rows of keys, each from its first code on. */
const rows: readonly (readonly [first: number, plain: string, shifted: string])[] = [
	[2, "1234567890-=", "!@#$%^&*()_+"],
	[16, "qwertyuiop[]", "QWERTYUIOP{}"],
	[30, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
	[43, "\\zxcvbnm,./", "|ZXCVBNM<>?"],
	[57, " ", " "],
];

function strokeOf(character: string): Stroke {
	if (character === "\u001d") return { code: RIGHT_BRACE, control: true };
	for (const [first, plain, shifted] of rows) {
		if (plain.includes(character)) return { code: first + plain.indexOf(character) };
		if (shifted.includes(character)) return { code: first + shifted.indexOf(character), shift: true };
	}
	throw new Error(`a US keyboard has no ${JSON.stringify(character)}`);
}

/** A scanner that types what it reads on a US keyboard: out come the kernel's `struct input_event`s. */
export class EmulatedKeyboardScanner {
	readonly #send: (bytes: Uint8Array) => void;
	readonly #eventBytes: 16 | 24;
	#misbehaviour: KeyboardMisbehaviour = { repeatsKeys: false, overruns: false, forgetsEnd: false };
	/** Microseconds since the epoch, as the kernel stamps its events. */
	#clock = 1_764_000_000_000_000n;

	/** `eventBytes`: 24 on a 64-bit machine, 16 for a 32-bit program. */
	constructor(send: (bytes: Uint8Array) => void, eventBytes: 16 | 24 = 24) {
		this.#send = send;
		this.#eventBytes = eventBytes;
	}

	misbehave(change: Partial<KeyboardMisbehaviour>): void {
		this.#misbehaviour = { ...this.#misbehaviour, ...change };
	}

	/** Lets time go by between keys: what the kernel stamps on the next one. */
	wait(ms: number): void {
		this.#clock += BigInt(ms) * 1000n;
	}

	/** Reads a code and types it, a stroke every two milliseconds. */
	scan(text: string): void {
		const { overruns, forgetsEnd } = this.#misbehaviour;
		const half = Math.floor(text.length / 2);
		for (const [index, character] of [...text].entries()) {
			if (overruns && index === half) this.#packet([EV_SYN, SYN_DROPPED, 0]);
			if (!overruns || index < half) this.#type(strokeOf(character));
		}
		if (!forgetsEnd) this.#type({ code: ENTER });
	}

	#type({ code, shift, control }: Stroke): void {
		this.wait(2);
		const held = shift ? LEFT_SHIFT : control ? LEFT_CONTROL : undefined;
		if (held !== undefined) this.#packet([EV_KEY, held, 1]);
		this.#packet([EV_MSC, MSC_SCAN, 0x70000 + code], [EV_KEY, code, 1]);
		if (this.#misbehaviour.repeatsKeys) {
			for (let again = 0; again < 3; again++) this.#packet([EV_KEY, code, 2]);
		}
		this.#packet([EV_MSC, MSC_SCAN, 0x70000 + code], [EV_KEY, code, 0]);
		if (held !== undefined) this.#packet([EV_KEY, held, 0]);
	}

	#packet(...events: (readonly [type: number, code: number, value: number])[]): void {
		const all = [...events, [EV_SYN, 0, 0] as const];
		this.#send(Buffer.concat(all.map(([type, code, value]) => this.#event(type, code, value))));
	}

	#event(type: number, code: number, value: number): Uint8Array {
		const event = Buffer.alloc(this.#eventBytes);
		const seconds = this.#clock / 1_000_000n;
		const microseconds = this.#clock % 1_000_000n;
		if (this.#eventBytes === 24) {
			event.writeBigInt64LE(seconds, 0);
			event.writeBigInt64LE(microseconds, 8);
		} else {
			event.writeUInt32LE(Number(seconds), 0);
			event.writeUInt32LE(Number(microseconds), 4);
		}
		event.writeUInt16LE(type, this.#eventBytes - 8);
		event.writeUInt16LE(code, this.#eventBytes - 6);
		event.writeInt32LE(value, this.#eventBytes - 4);
		return event;
	}
}

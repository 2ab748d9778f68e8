/**
 * A scanner that types: Linux `struct input_event`s (linux/input.h) of a US keyboard, and the text that they spell.
 */
import type { Splitter } from "../exchange.ts";

/** 24 bytes where a time has two 64-bit numbers, 16 for a 32-bit program. */
export const EVENT_BYTES = ["arm", "ia32", "mips", "mipsel"].includes(process.arch) ? 16 : 24;

export type InputEvent = { atMs: number; type: number; code: number; value: number };

const EV_SYN = 0;
const EV_KEY = 1;
const SYN_REPORT = 0;
const SYN_DROPPED = 3;
const RELEASED = 0;
const PRESSED = 1;

/** Cuts at every `eventBytes`; the kernel never hands out part of one. */
export function splitEvents(eventBytes: number = EVENT_BYTES): Splitter<Uint8Array> {
	let begun: Uint8Array = new Uint8Array();
	return {
		push(bytes) {
			const all = begun.length === 0 ? bytes : Buffer.concat([begun, bytes]);
			const frames: Uint8Array[] = [];
			let at = 0;
			for (; at + eventBytes <= all.length; at += eventBytes) frames.push(all.subarray(at, at + eventBytes));
			begun = all.subarray(at);
			return frames;
		},
		discard() {
			const hadBegun = begun.length > 0;
			begun = new Uint8Array();
			return hadBegun;
		},
	};
}

/** Reads one event of 16 or 24 bytes; undefined where it has another length. */
export function decodeEvent(frame: Uint8Array): InputEvent | undefined {
	if (frame.length !== 16 && frame.length !== 24) return undefined;
	const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
	const atMs =
		frame.length === 24
			? Number(view.getBigInt64(0, true)) * 1000 + Number(view.getBigInt64(8, true)) / 1000
			: view.getUint32(0, true) * 1000 + view.getUint32(4, true) / 1000;
	const at = frame.length - 8;
	return {
		atMs,
		type: view.getUint16(at, true),
		code: view.getUint16(at + 2, true),
		value: view.getInt32(at + 4, true),
	};
}

/** What each key types, without and with shift (linux/input-event-codes.h, US layout). */
const keys: ReadonlyMap<number, readonly [plain: string, shifted: string]> = new Map(
	(
		[
			[2, "1!2@3#4$5%6^7&8*9(0)-_=+"],
			[16, "qQwWeErRtTyYuUiIoOpP[{]}"],
			[30, "aAsSdDfFgGhHjJkKlL;:'\"`~"],
			[43, "\\|zZxXcCvVbBnNmM,<.>/?"],
			[55, "**"],
			[57, "  "],
			// The keypad: as with Num Lock on, which a scanner that uses it counts on.
			[71, "778899--445566++11223300.."],
			[98, "//"],
		] as const
	).flatMap(([first, characters]) =>
		Array.from(
			{ length: characters.length / 2 },
			(_, index) => [first + index, [characters[index * 2] ?? "", characters[index * 2 + 1] ?? ""]] as const,
		),
	),
);
/** Some scanners send FNC1 as F8. */
const F8 = 66;
const GS = "\u001d";

/** Enter, the keypad's Enter, and Tab. */
const ends: readonly number[] = [28, 96, 15];
const modifiers: Readonly<Record<number, "shift" | "control" | "other">> = {
	42: "shift",
	54: "shift",
	29: "control",
	97: "control",
	56: "other",
	100: "other",
	125: "other",
	126: "other",
};
/** Keys that change nothing of what a scanner types: Caps Lock, Num Lock, Scroll Lock. */
const locks: readonly number[] = [58, 69, 70];

/** What an event means to a code: a character of it, its end, or that part of it can't be known. */
export type Stroke = { kind: "character"; character: string } | { kind: "end" } | { kind: "lost"; detail: string };

/** Follows a keyboard's modifiers, and turns its events into strokes. Key repeat and releases are none. */
export class Keyboard {
	readonly #held = new Set<number>();
	#isCatchingUp = false;

	push({ type, code, value }: InputEvent): Stroke | undefined {
		if (type === EV_SYN) return this.#synchronise(code);
		if (type !== EV_KEY || this.#isCatchingUp) return undefined;
		if (code in modifiers) {
			if (value === RELEASED) this.#held.delete(code);
			else this.#held.add(code);
			return undefined;
		}
		if (value !== PRESSED || locks.includes(code)) return undefined;
		if (ends.includes(code)) {
			this.#held.clear();
			return { kind: "end" };
		}
		const character = this.#characterOf(code);
		// A key left out would make another code of it.
		return character === undefined
			? { kind: "lost", detail: `key ${code} types nothing that is known` }
			: { kind: "character", character };
	}

	/** linux/Documentation/input/event-codes: what follows SYN_DROPPED is not to be used up to the next SYN_REPORT. */
	#synchronise(code: number): Stroke | undefined {
		if (code === SYN_REPORT) this.#isCatchingUp = false;
		if (code !== SYN_DROPPED) return undefined;
		this.#isCatchingUp = true;
		this.#held.clear();
		return { kind: "lost", detail: "the kernel's queue ran over" };
	}

	#characterOf(code: number): string | undefined {
		if (code === F8) return GS;
		const key = keys.get(code);
		const isHeld = (kind: string): boolean => [...this.#held].some((held) => modifiers[held] === kind);
		if (!key || isHeld("other")) return undefined;
		const character = isHeld("shift") ? key[1] : key[0];
		if (!isHeld("control")) return character;
		// Control and a key from @ to _ type the control characters in their order: ] is GS.
		const place = (character.toUpperCase().codePointAt(0) ?? 0) - 0x40;
		return place >= 0 && place < 0x20 ? String.fromCharCode(place) : undefined;
	}
}

import type { Splitter } from "../exchange.ts";
import { splitWhen } from "../splitter.ts";
import { WireError } from "../wire.ts";

/** A message either way: class and instruction (or CCRC and APRC) as one number, and its data. */
export type Apdu = { command: number; data: Uint8Array };

const SHORT_MAX = 0xfe;
const DATA_MAX = 0xffff;
const none = new Uint8Array();

/** Length in one byte, or FF and two, the low one first (sheet 1.3). Throws RangeError past 65535 bytes of data. */
export function encodeApdu(command: number, data: Uint8Array = none): Uint8Array {
	const { length } = data;
	if (length > DATA_MAX) throw new RangeError(`${length} bytes do not fit in one message`);
	const size = length <= SHORT_MAX ? [length] : [0xff, length & 0xff, length >> 8];
	return Uint8Array.from([command >> 8, command & 0xff, ...size, ...data]);
}

/** Throws WireError. */
export function decodeApdu(bytes: Uint8Array): Apdu {
	const size = sizeOf(bytes);
	if (size === undefined || size !== bytes.length) throw new WireError("the length does not fit the message");
	return { command: ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0), data: bytes.slice(bytes[2] === 0xff ? 5 : 3) };
}

/** Cuts a TCP stream by the lengths in it: messages come joined and split as the network has it. */
export const splitApdus = (): Splitter<Uint8Array> => splitWhen((begun) => begun.length === sizeOf(begun));

/** How long the message is that begins so; undefined until its length has come. */
export function sizeOf(begun: ArrayLike<number>): number | undefined {
	const short = begun[2];
	if (short !== 0xff) return short === undefined ? undefined : 3 + short;
	const [low, high] = [begun[3], begun[4]];
	return low === undefined || high === undefined ? undefined : 5 + low + 256 * high;
}

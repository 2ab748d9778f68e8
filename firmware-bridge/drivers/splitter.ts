import type { Splitter } from "./exchange.ts";

/**
 * Cuts as soon as what has begun is whole. `isWhole` has to come true within a bound, whatever comes: an endless stream
 * without an end of frame is cut, not kept.
 */
export function splitWhen(isWhole: (begun: readonly number[]) => boolean): Splitter<Uint8Array> {
	let begun: number[] = [];
	return {
		push(bytes) {
			const frames: Uint8Array[] = [];
			for (const byte of bytes) {
				begun.push(byte);
				if (!isWhole(begun)) continue;
				frames.push(Uint8Array.from(begun));
				begun = [];
			}
			return frames;
		},
		discard() {
			const hadBegun = begun.length > 0;
			begun = [];
			return hadBegun;
		},
	};
}

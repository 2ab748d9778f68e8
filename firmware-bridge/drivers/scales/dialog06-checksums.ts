/**
 * How a Dialog 06 scale makes sure that it talks to the program it was released with: each check sum CS is bound to a
 * remainder KW by a generator that only the makers of scale and register know, and both are turned by a random number
 * that the scale gives, so that nobody who listens to the line learns a pair.
 */

/** A generator has 17 bits, the highest of them set. */
export const isGenerator = (value: number): boolean => value >= 0x1_0000 && value <= 0x1_ffff;

/** KW: the remainder of CS·x¹⁶ divided by the generator, without carries. */
export function remainderOf(checksum: number, generator: number): number {
	let rest = checksum;
	for (let bit = 0; bit < 16; bit++) {
		rest <<= 1;
		if (rest & 0x1_0000) rest ^= generator;
	}
	return rest;
}

/** The field of record 10: every CS turned left by the high half of the scale's random number, every KW right by the low. */
export function turnedCheckSums(checksums: readonly number[], generator: number, random: number): string {
	return checksums
		.flatMap((checksum) => [
			turnedLeft(checksum, random >> 4),
			turnedLeft(remainderOf(checksum, generator), 16 - (random & 0x0f)),
		])
		.map((value) => value.toString(16).toUpperCase().padStart(4, "0"))
		.join("");
}

const turnedLeft = (value: number, bits: number): number => ((value << bits) | (value >>> (16 - bits))) & 0xffff;

/**
 * Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): takes the zeros out of a frame, so that a zero ends one.
 */

/** Each block is a code n from 1 to 255 and n − 1 bytes that are not zero; a zero follows, unless n is 255 or it ends. */
export function encodeCobs(raw: Uint8Array): Uint8Array {
	const encoded: number[] = [0];
	let codeAt = 0;
	let code = 1;
	for (const byte of raw) {
		// A full block makes room for the next only where there is one.
		if (code === 0xff) {
			encoded[codeAt] = code;
			codeAt = encoded.push(0) - 1;
			code = 1;
		}
		if (byte === 0) {
			encoded[codeAt] = code;
			codeAt = encoded.push(0) - 1;
			code = 1;
			continue;
		}
		encoded.push(byte);
		code++;
	}
	encoded[codeAt] = code;
	return Uint8Array.from(encoded);
}

/** Undefined where it was not stuffed so: a zero inside, or a block longer than what there is. */
export function decodeCobs(encoded: Uint8Array): Uint8Array | undefined {
	const raw: number[] = [];
	for (let at = 0; at < encoded.length; ) {
		const code = encoded[at] as number;
		const block = encoded.subarray(at + 1, at + code);
		if (code === 0 || block.length < code - 1 || block.includes(0)) return undefined;
		raw.push(...block);
		at += code;
		if (code < 0xff && at < encoded.length) raw.push(0);
	}
	return Uint8Array.from(raw);
}

/** Decimal digits, two a byte (BCD), as ZVT writes amounts, numbers, dates and passwords. */

export function encodeDigits(digits: string, bytes: number): Uint8Array {
	const padded = digits.padStart(2 * bytes, "0");
	if (!/^\d*$/.test(padded) || padded.length !== 2 * bytes) throw new RangeError(`${bytes} bytes hold other digits`);
	return Uint8Array.from(Buffer.from(padded, "hex"));
}

/** Cents in six bytes. */
export const encodeAmount = (cents: number): Uint8Array => encodeDigits(String(cents), 6);

/** The digits as text, leading zeros and all; undefined where a half byte is no digit. */
export function decodeDigits(bytes: Uint8Array): string | undefined {
	const digits = hexOf(bytes);
	return /^\d+$/.test(digits) ? digits : undefined;
}

/** Undefined where it is no number. */
export function decodeAmount(bytes: Uint8Array): number | undefined {
	const digits = decodeDigits(bytes);
	return digits === undefined ? undefined : Number(digits);
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

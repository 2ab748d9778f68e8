import { CARD_NUMBER_LENGTH_MIN, holdsCardNumber, maskCardNumbers } from "./card-numbers.ts";

/** Article numbers, EANs, ids and a terminal's own numbers may look like a card number by chance; the contract says what they are. */
export const CODED_FIELDS: ReadonlySet<string> = new Set([
	"sku",
	"eans",
	"id",
	"refundOf",
	"at",
	"payment",
	"paymentId",
	"terminalId",
	"trace",
	"authorisation",
	"transactionId",
]);

/** The first field of free text that holds what looks like a card number, as a JSON pointer. */
export function cardNumberField(value: unknown, key = ""): string | undefined {
	if (typeof value === "string") {
		return value.length >= CARD_NUMBER_LENGTH_MIN && !CODED_FIELDS.has(key) && holdsCardNumber(value) ? "" : undefined;
	}
	if (typeof value !== "object" || value === null || CODED_FIELDS.has(key)) return undefined;
	// The items of an array are named by their place.
	for (const [name, member] of Object.entries(value)) {
		const field = cardNumberField(member, name);
		if (field !== undefined) return `/${name}${field}`;
	}
	return undefined;
}

/** A copy of an event with the card numbers in its free text masked. */
export function maskFields(value: unknown, key = ""): unknown {
	if (CODED_FIELDS.has(key)) return value;
	if (typeof value === "string") return maskCardNumbers(value);
	if (Array.isArray(value)) return value.map((item) => maskFields(item));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, maskFields(member, name)]));
}

const CODED_OR_DIGITS =
	/"(?:sku|id|refundOf|payment|paymentId)"\s*:\s*"[^"]*"|"eans"\s*:\s*\[[^\]]*\]|\d+(?:[ -]\d+)*/g;

/** A message that may be no JSON at all, with what looks like a card number masked in its bytes. */
export function maskBytes(payload: Uint8Array): Uint8Array {
	const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
	const masked = bytes
		.toString("latin1")
		.replace(CODED_OR_DIGITS, (found) => (found.startsWith('"') ? found : maskCardNumbers(found)));
	return Buffer.from(masked, "latin1");
}

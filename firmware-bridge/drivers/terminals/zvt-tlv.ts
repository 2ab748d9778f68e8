import { berLengthAt, encodeBerLength } from "./zvt-bmp.ts";

/** An object of a TLV container: its value, or the objects in it where its tag says that it is made of some. */
export type Tlv = { tag: number; value: Uint8Array; children?: Tlv[] };

/** ZVT nests two deep or three; deeper than this is noise, and is not followed. */
const DEPTH_MAX = 8;

export const tag = {
	text: 0x07,
	attribute: 0x09,
	command: 0x0a,
	printerWidth: 0x12,
	characterSet: 0x14,
	apduLength: 0x1a,
	display: 0x24,
	lines: 0x25,
	commands: 0x26,
	paymentType: 0x2f,
	cardholderVerification: 0x1f10,
	cardTechnology: 0x1f12,
	application: 0x60,
	applicationId: 0x43,
	applicationName: 0x44,
	receiptType: 0x1f07,
	transactionId: 0x1f1f,
	longTrace: 0x1f2b,
} as const;

export function encodeTlv(number: number, value: Uint8Array): Uint8Array {
	const head = number > 0xff ? [number >> 8, number & 0xff] : [number];
	return Uint8Array.from([...head, ...encodeBerLength(value.length), ...value]);
}

/** The objects in their order; `unread` begins where they can't be told apart any more. */
export function decodeTlvs(data: Uint8Array, depth = 1): { objects: Tlv[]; unread: Uint8Array } {
	const objects: Tlv[] = [];
	let at = 0;
	while (at < data.length) {
		const head = tagAt(data, at);
		const extent = head && berLengthAt(data, head.end);
		if (!head || !extent || extent.start + extent.size > data.length) break;
		const value = data.slice(extent.start, extent.start + extent.size);
		const isConstructed = ((data[at] as number) & 0x20) !== 0 && depth < DEPTH_MAX;
		const inner = isConstructed ? decodeTlvs(value, depth + 1) : undefined;
		objects.push(
			inner?.unread.length === 0 ? { tag: head.tag, value, children: inner.objects } : { tag: head.tag, value },
		);
		at = extent.start + extent.size;
	}
	return { objects, unread: data.slice(at) };
}

/** Low five bits all set: another byte follows, and again while its bit 7 is set (sheet 2). */
function tagAt(data: Uint8Array, at: number): { tag: number; end: number } | undefined {
	let number = data[at] as number;
	let end = at + 1;
	if ((number & 0x1f) !== 0x1f) return { tag: number, end };
	for (let bytes = 1; bytes < 4; bytes++) {
		const next = data[end++];
		if (next === undefined) return undefined;
		number = number * 256 + next;
		if ((next & 0x80) === 0) return { tag: number, end };
	}
	return undefined;
}

/** The value of the first object with that tag, at any depth. */
export function findTlv(objects: readonly Tlv[], wanted: number): Uint8Array | undefined {
	for (const object of objects) {
		if (object.tag === wanted) return object.value;
		const inside = object.children && findTlv(object.children, wanted);
		if (inside) return inside;
	}
	return undefined;
}

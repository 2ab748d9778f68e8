/** NFC Data Exchange Format (NFC Forum NDEF 1.0, RTD Text, RTD URI): the text and the address on a tag. */

export const NDEF_BYTES_MAX = 1024;

/** Why bytes are no message that is read here. */
export class NdefError extends Error {
	constructor(reason: string) {
		super(reason);
		this.name = "NdefError";
	}
}

export type NdefRecord = { kind: "text"; language: string; text: string } | { kind: "uri"; uri: string };

const MESSAGE_BEGIN = 0x80;
const MESSAGE_END = 0x40;
const CHUNKED = 0x20;
const SHORT = 0x10;
const HAS_ID = 0x08;
const TYPE_NAME = 0x07;
const WELL_KNOWN = 1;
const UNCHANGED = 6;
const UTF16 = 0x80;
const LANGUAGE_LENGTH = 0x3f;

/** RTD URI, table 3: what the first byte of a URI record stands for. */
const prefixes = (
	" http://www. https://www. http:// https:// tel: mailto: ftp://anonymous:anonymous@ ftp://ftp. ftps:// sftp:// smb:// " +
	"nfs:// ftp:// dav:// news: telnet:// imap: rtsp:// urn: pop: sip: sips: tftp: btspp:// btl2cap:// btgoep:// tcpobex:// " +
	"irdaobex:// file:// urn:epc:id: urn:epc:tag: urn:epc:pat: urn:epc:raw: urn:epc: urn:nfc:"
).split(" ");

/**
 * The text and URI records of a message; others are passed over, smart posters with a message of their own included.
 * Throws NdefError.
 */
export function decodeMessage(bytes: Uint8Array): NdefRecord[] {
	if (bytes.length > NDEF_BYTES_MAX) throw new NdefError(`longer than ${NDEF_BYTES_MAX} bytes`);
	const records: NdefRecord[] = [];
	let at = 0;
	const take = (length: number): Uint8Array => {
		if (at + length > bytes.length) throw new NdefError("cut off");
		at += length;
		return bytes.subarray(at - length, at);
	};
	const number = (length: number): number => take(length).reduce((value, byte) => value * 256 + byte, 0);
	for (let header = 0; (header & MESSAGE_END) === 0; ) {
		const isFirst = at === 0;
		header = number(1);
		if (((header & MESSAGE_BEGIN) !== 0) !== isFirst) throw new NdefError("a message begins in the wrong place");
		const typeName = header & TYPE_NAME;
		if ((header & CHUNKED) !== 0 || typeName === UNCHANGED) throw new NdefError("a record in chunks");
		const typeLength = number(1);
		const payloadLength = number((header & SHORT) === 0 ? 4 : 1);
		const idLength = (header & HAS_ID) === 0 ? 0 : number(1);
		const type = Buffer.from(take(typeLength)).toString("latin1");
		take(idLength);
		const payload = take(payloadLength);
		if (typeName === WELL_KNOWN && type === "T") records.push(decodeText(payload));
		if (typeName === WELL_KNOWN && type === "U") records.push(decodeUri(payload));
	}
	if (at < bytes.length) throw new NdefError("bytes behind the last record");
	return records;
}

function decodeText(payload: Uint8Array): NdefRecord {
	const status = payload[0];
	if (status === undefined) throw new NdefError("an empty text record");
	const length = status & LANGUAGE_LENGTH;
	if (1 + length > payload.length) throw new NdefError("a text record is cut off");
	const language = Buffer.from(payload.subarray(1, 1 + length)).toString("latin1");
	const encoded = payload.subarray(1 + length);
	// Without a byte order mark UTF-16 is big endian here.
	const encoding =
		(status & UTF16) === 0 ? "utf-8" : encoded[0] === 0xff && encoded[1] === 0xfe ? "utf-16le" : "utf-16be";
	return { kind: "text", language, text: decodeCharacters(encoded, encoding) };
}

function decodeUri(payload: Uint8Array): NdefRecord {
	const prefix = prefixes[payload[0] ?? -1];
	if (prefix === undefined) throw new NdefError("a URI record with an unknown beginning");
	return { kind: "uri", uri: prefix + decodeCharacters(payload.subarray(1), "utf-8") };
}

function decodeCharacters(bytes: Uint8Array, encoding: string): string {
	try {
		return new TextDecoder(encoding, { fatal: true }).decode(bytes);
	} catch {
		throw new NdefError(`no ${encoding}`);
	}
}

/** The message of these records, texts in UTF-8. */
export function encodeMessage(records: readonly NdefRecord[]): Uint8Array {
	return Buffer.concat(
		records.map((record, index) => {
			const payload = record.kind === "text" ? encodeText(record) : encodeUri(record.uri);
			const isShort = payload.length < 256;
			const header =
				(index === 0 ? MESSAGE_BEGIN : 0) |
				(index === records.length - 1 ? MESSAGE_END : 0) |
				(isShort ? SHORT : 0) |
				WELL_KNOWN;
			const length = Buffer.alloc(isShort ? 1 : 4);
			length.writeUIntBE(payload.length, 0, length.length);
			return Buffer.concat([
				Uint8Array.of(header, 1),
				length,
				Buffer.from(record.kind === "text" ? "T" : "U"),
				payload,
			]);
		}),
	);
}

const encodeText = ({ language, text }: { language: string; text: string }): Uint8Array =>
	Buffer.concat([Uint8Array.of(language.length), Buffer.from(language, "latin1"), Buffer.from(text)]);

function encodeUri(uri: string): Uint8Array {
	let code = 0;
	for (const [candidate, prefix] of prefixes.entries()) {
		if (uri.startsWith(prefix) && prefix.length > (prefixes[code] ?? "").length) code = candidate;
	}
	return Buffer.concat([Uint8Array.of(code), Buffer.from(uri.slice((prefixes[code] ?? "").length))]);
}

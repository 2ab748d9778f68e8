/** What is asked of a card through its reader, and what comes back (PC/SC part 3, ISO/IEC 7816-4). */

/** Get data: the UID. The reader answers it, for every kind of card. */
export const GET_UID = Uint8Array.of(0xff, 0xca, 0x00, 0x00, 0x00);

/** Read binary: pages of four bytes each, of Ultralight and NTAG. */
export const encodeReadPages = (page: number, bytes: number): Uint8Array =>
	Uint8Array.of(0xff, 0xb0, page >> 8, page & 0xff, bytes);

export type Answer =
	| { kind: "done"; data: Uint8Array }
	| { kind: "refused"; status: string; reason: string }
	| { kind: "garbled"; detail: string };

/** Readers differ in how they refuse what a card can't do: the words are a hint. */
const reasons: Readonly<Record<string, string>> = {
	"6300": "failed",
	"6700": "wrong length",
	"6982": "needs a key",
	"6a81": "not supported",
	"6a82": "not found",
};

/** Takes SW1 and SW2 off an answer: SW1 is 6x or 9x (ISO/IEC 7816-4). */
export function decodeAnswer(bytes: Uint8Array): Answer {
	const status = Buffer.from(bytes.subarray(-2)).toString("hex");
	if (!/^[69]...$/.test(status)) return { kind: "garbled", detail: `${bytes.length} bytes without a status` };
	if (status === "9000") return { kind: "done", data: bytes.subarray(0, -2) };
	return { kind: "refused", status, reason: reasons[status] ?? "refused" };
}

/** UIDs have 4, 7 or 10 bytes (ISO/IEC 14443-3). */
export const isUidLength = (length: number): boolean => length === 4 || length === 7 || length === 10;

/** ISO/IEC 14443-3: a single-size UID that begins with 08 was made up for this tap, as phones do. */
export const isRandomUid = (uid: Uint8Array): boolean => uid.length === 4 && uid[0] === 0x08;

/** `type-2`: Ultralight, NTAG21x and what is compatible. Of others only the UID is read. */
export type CardKind = "type-2" | "classic" | "storage" | "iso-14443-4";

/** Bytes 4 to 11 of every ATR that a reader makes up for a card without one: the RID of the PC/SC workgroup follows 4F. */
const STORAGE = "804f0ca000000306";

/** The kind of a card by its ATR. */
export function kindOf(atr: Uint8Array): CardKind {
	const hex = Buffer.from(atr).toString("hex");
	if (hex.slice(8, 24) !== STORAGE) return "iso-14443-4";
	const [standard, name] = [hex.slice(24, 26), hex.slice(26, 30)];
	if (standard === "03" && name === "0003") return "type-2";
	if (standard === "03" && ["0001", "0002", "0026"].includes(name)) return "classic";
	return "storage";
}

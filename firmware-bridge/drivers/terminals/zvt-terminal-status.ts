import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import { WireError } from "../wire.ts";
import { decodeText } from "./cp437.ts";

/** What a terminal's status or refusal asks for, sheet section 5. 00 is ready; anything else takes no payment now. */
const codes = new Map<number, ErrorCode>([
	[0x51, "TERMINAL_SETUP_DUE"],
	[0x62, "TERMINAL_SETUP_DUE"],
	[0x6a, "TERMINAL_FULL"],
	[0x9c, "TERMINAL_BUSY"],
	[0x9d, "TERMINAL_BUSY"],
	[0xb1, "TERMINAL_FULL"],
	[0xb2, "TERMINAL_FULL"],
	[0xbf, "TERMINAL_DEFECT"],
	[0xc0, "TERMINAL_DEFECT"],
	[0xc1, "TERMINAL_DEFECT"],
	[0xc2, "TERMINAL_SETUP_DUE"],
	[0xc4, "TERMINAL_DEFECT"],
	[0xcc, "TERMINAL_PRINTER"],
	[0xdc, "TERMINAL_CARD_INSIDE"],
	[0xdf, "TERMINAL_DEFECT"],
	[0xe0, "TERMINAL_BUSY"],
	[0xe1, "TERMINAL_CARD_INSIDE"],
	[0xe2, "TERMINAL_DEFECT"],
	[0xe3, "TERMINAL_DEFECT"],
	[0xe4, "TERMINAL_SETUP_DUE"],
	[0xf0, "TERMINAL_END_OF_DAY_DUE"],
	[0xf6, "TERMINAL_SETUP_DUE"],
]);

const words = new Map<number, string>([
	[0x51, "initialisation required (06 93)"],
	[0x62, "date and time are wrong"],
	[0x9c, "please wait"],
	[0x9d, "partial issue of goods"],
	[0xb1, "memory full"],
	[0xb2, "journal full"],
	[0xbf, "voltage too low"],
	[0xc0, "card slot locked"],
	[0xc1, "merchant card locked"],
	[0xc2, "diagnosis required (06 70)"],
	[0xc4, "card profile invalid"],
	[0xcc, "printer not ready"],
	[0xdc, "card inserted"],
	[0xdf, "out of order"],
	[0xe0, "remote maintenance"],
	[0xe1, "card not removed"],
	[0xe2, "card reader defective"],
	[0xe3, "shutter defective"],
	[0xe4, "activation required"],
	[0xf0, "end of day required (06 50)"],
	[0xf6, "OPT action required"],
]);

/** The code of the error table for a status that is not ready. */
export const faultCodeOf = (status: number): ErrorCode => codes.get(status) ?? "TERMINAL_DEFECT";

/** Whether a refusal with this code tells of the terminal, and not of the payment. */
export const isOfTheTerminal = (code: number): boolean => codes.has(code);

export const wordsOf = (status: number): string =>
	`${status.toString(16).toUpperCase().padStart(2, "0")} ${words.get(status) ?? "unknown status"}`;

/** It ends by itself, or by somebody taking a card out: whoever waits for the terminal waits on. */
export const passes = (status: number): boolean =>
	faultCodeOf(status) === "TERMINAL_BUSY" || faultCodeOf(status) === "TERMINAL_CARD_INSIDE";

/** The completion of a status enquiry, `[version as LLLVAR] status`. Throws WireError. */
export function decodeTerminalStatus(data: Uint8Array): { status: number; version?: string } {
	// F0 is a status as well as a digit: only three digits begin a version.
	const hasVersion = data.length > 3 && data.subarray(0, 3).every((byte) => byte >= 0xf0 && byte <= 0xf9);
	const size = hasVersion ? Number([...data.subarray(0, 3)].map((byte) => byte & 0x0f).join("")) : 0;
	const status = data[hasVersion ? 3 + size : 0];
	if (status === undefined) throw new WireError("a status enquiry's completion without status");
	return { status, ...(hasVersion ? { version: decodeText(data.subarray(3, 3 + size)).trim() } : {}) };
}

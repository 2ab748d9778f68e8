import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import { WireError } from "../wire.ts";
import { decodeText } from "./cp437.ts";

/** What a terminal's status or refusal asks for, sheet section 5. 00 is ready; anything else takes no payment now. */
const codes: Readonly<Record<number, ErrorCode>> = {
	81: "TERMINAL_SETUP_DUE",
	98: "TERMINAL_SETUP_DUE",
	106: "TERMINAL_FULL",
	156: "TERMINAL_BUSY",
	157: "TERMINAL_BUSY",
	177: "TERMINAL_FULL",
	178: "TERMINAL_FULL",
	191: "TERMINAL_DEFECT",
	192: "TERMINAL_DEFECT",
	193: "TERMINAL_DEFECT",
	194: "TERMINAL_SETUP_DUE",
	196: "TERMINAL_DEFECT",
	204: "TERMINAL_PRINTER",
	220: "TERMINAL_CARD_INSIDE",
	223: "TERMINAL_DEFECT",
	224: "TERMINAL_BUSY",
	225: "TERMINAL_CARD_INSIDE",
	226: "TERMINAL_DEFECT",
	227: "TERMINAL_DEFECT",
	228: "TERMINAL_SETUP_DUE",
	240: "TERMINAL_END_OF_DAY_DUE",
	246: "TERMINAL_SETUP_DUE",
};

const words: Readonly<Record<number, string>> = {
	81: "initialisation required (06 93)",
	98: "date and time are wrong",
	156: "please wait",
	157: "partial issue of goods",
	177: "memory full",
	178: "journal full",
	191: "voltage too low",
	192: "card slot locked",
	193: "merchant card locked",
	194: "diagnosis required (06 70)",
	196: "card profile invalid",
	204: "printer not ready",
	220: "card inserted",
	223: "out of order",
	224: "remote maintenance",
	225: "card not removed",
	226: "card reader defective",
	227: "shutter defective",
	228: "activation required",
	240: "end of day required (06 50)",
	246: "OPT action required",
};

/** The code of the error table for a status that is not ready. */
export const faultCodeOf = (status: number): ErrorCode => codes[status] ?? "TERMINAL_DEFECT";

/** Whether a refusal with this code tells of the terminal, and not of the payment. */
export const isOfTheTerminal = (code: number): boolean => code in codes;

export const wordsOf = (status: number): string =>
	`${status.toString(16).toUpperCase().padStart(2, "0")} ${words[status] ?? "unknown status"}`;

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

/**
 * CAS PD-II, interface type 6: ENQ is answered by ACK or NAK, DC1 by a frame
 * `SOH STX STA SIGN W5…W0 UN1 UN0 BCC ETX EOT`, of which BCC is the exclusive or of what stands between STX and BCC.
 */
import type { Splitter } from "../exchange.ts";
import { splitWhen } from "../splitter.ts";
import { wholeGrams } from "./grams.ts";

const [SOH, STX, ETX, EOT, ACK, NAK] = [0x01, 0x02, 0x03, 0x04, 0x06, 0x15] as const;
const FRAME_BYTES = 15;
const BCC_AT = 12;

export const ENQUIRE = Uint8Array.of(0x05);
/** DC1: the weight. DC2 would ask for prices too, which the PD-II does not have. */
export const WEIGH = Uint8Array.of(0x11);

export type Answer =
	| { kind: "ack" }
	| { kind: "nak" }
	| { kind: "stable"; grams: number; text: string }
	| { kind: "moving" | "under-zero" | "over-capacity" }
	| { kind: "unsuitable"; detail: string }
	| { kind: "garbled"; detail: string };

/** Reads one frame, taken whole and exactly as the protocol lays it out, or not at all. */
export function decodeAnswer(frame: Uint8Array): Answer {
	if (frame.length === 1 && frame[0] === ACK) return { kind: "ack" };
	if (frame.length === 1 && frame[0] === NAK) return { kind: "nak" };
	if (frame.length !== FRAME_BYTES) return garbled(frame, "neither ACK, NAK nor a frame");
	if (frame[0] !== SOH || frame[1] !== STX || frame[13] !== ETX || frame[14] !== EOT) {
		return garbled(frame, "not SOH STX … ETX EOT");
	}
	const body = frame.subarray(2, BCC_AT);
	const bcc = body.reduce((check, byte) => check ^ byte, 0);
	if (bcc !== frame[BCC_AT]) return garbled(frame, "the check character is wrong");
	const text = Buffer.from(body).toString("latin1");
	const parts = /^([SU])([ \-F])(FFFFFF| *\d+\.?\d*)([A-Za-z]{2})$/.exec(text);
	const [, stability, sign, weight = "", unit = ""] = parts ?? [];
	if (!parts || (sign === "F") !== (weight === "FFFFFF")) return garbled(frame, "no weight where one should be");
	if (sign === "F") return { kind: "over-capacity" };
	const exact = wholeGrams(weight.trim(), unit);
	if (!exact) return garbled(frame, "no weight where one should be");
	if ("unsuitable" in exact) return { kind: "unsuitable", detail: exact.unsuitable };
	if (stability === "U") return { kind: "moving" };
	if (sign === "-") return { kind: "under-zero" };
	return { kind: "stable", grams: exact.grams, text: `${weight} ${unit}` };
}

const garbled = (frame: Uint8Array, why: string): Answer => ({
	kind: "garbled",
	detail: `${why} (${Buffer.from(frame).toString("hex")})`,
});

/** Cuts by length, for a check character may look like ETX or EOT. What stands before an SOH comes out byte by byte. */
export const splitAnswers = (): Splitter<Uint8Array> =>
	splitWhen((begun) => begun[0] !== SOH || begun.length === FRAME_BYTES);

import { WEIGH as CAS_WEIGH, decodeAnswer as decodeCas, ENQUIRE } from "../drivers/scales/cas-codec.ts";
import { SERIAL_NUMBER } from "../drivers/scales/mt-sics-codec.ts";
import { decodeAnswer as decodeNci, WEIGH as NCI_WEIGH } from "../drivers/scales/nci-codec.ts";
import { decodeAnswer as decodeToledo, WEIGH as TOLEDO_WEIGH } from "../drivers/scales/toledo8217-codec.ts";
import type { SerialSettings } from "../links/link.ts";
import { isStatus, STATUS_QUESTION } from "./printer-status.ts";

/** Sends bytes and gives what came back within the time that an answer takes; nothing at all where it is silent. */
export type Ask = (question: Uint8Array) => Promise<Uint8Array>;

export type SerialQuestion = {
	driver: string;
	name: string;
	title: string;
	/** What is sent, for people. */
	sends: string;
	settings: SerialSettings;
	/** What the device said that makes it this one, for people; undefined where it is another, or nobody. */
	recognise(ask: Ask): Promise<string | undefined>;
};

const at = (baudRate: number, dataBits: 7 | 8, parity: SerialSettings["parity"]): SerialSettings => ({
	baudRate,
	dataBits,
	parity,
	stopBits: 1,
});

const printer = (baudRate: number): SerialQuestion => ({
	driver: "escpos",
	name: "bonprinter",
	title: "Receipt printer (ESC/POS)",
	sends: "DLE EOT 1, twice",
	settings: at(baudRate, 8, "none"),
	// Twice: at a wrong speed a single byte may look right by chance.
	recognise: async (ask) =>
		isStatus(await ask(STATUS_QUESTION)) && isStatus(await ask(STATUS_QUESTION)) ? "answers DLE EOT 1" : undefined,
});

const [EOT, ENQ, NAK] = [0x04, 0x05, 0x15] as const;
const CARRIAGE_RETURN = Uint8Array.of(0x0d);
const END = Uint8Array.of(EOT);
const FETCH = Uint8Array.of(EOT, ENQ);
/** Record 08: why a NAK? */
const WHY = Uint8Array.from(Buffer.from("\x04\x0208\x03", "latin1"));

/**
 * What may be asked of a serial port that nobody uses, the most harmless first: control characters that other protocols
 * ignore, then one letter, then a line. None of it prints a line, moves a drawer, tares, zeroes or changes a setting of a
 * device that is on this list.
 */
export const serialQuestions: readonly SerialQuestion[] = [
	...[9600, 19_200, 38_400, 115_200].map(printer),
	{
		driver: "cas",
		name: "weegschaal",
		title: "CAS scale",
		sends: "ENQ, and DC1 where it answers ACK",
		settings: at(9600, 8, "none"),
		async recognise(ask) {
			if (decodeCas(await ask(ENQUIRE)).kind !== "ack") return undefined;
			const { kind } = decodeCas(await ask(CAS_WEIGH));
			return kind === "garbled" || kind === "ack" || kind === "nak" ? undefined : "answers ENQ and DC1";
		},
	},
	{
		driver: "dialog06",
		name: "weegschaal",
		title: "Scale (Dialog 06)",
		sends: "EOT ENQ, record 08 where it answers, and EOT behind each answer",
		settings: at(9600, 7, "odd"),
		async recognise(ask) {
			const fetched = await ask(FETCH);
			if (fetched.length === 0) return undefined;
			await ask(END);
			if (isRecord(fetched, "02")) return "answers EOT ENQ with a weighing";
			if (fetched.length !== 1 || fetched[0] !== NAK) return undefined;
			const why = await ask(WHY);
			await ask(END);
			return isRecord(why, "09") ? "answers record 08" : undefined;
		},
	},
	{
		driver: "toledo8217",
		name: "weegschaal",
		title: "Scale (Toledo 8217)",
		sends: "W",
		settings: at(9600, 7, "even"),
		async recognise(ask) {
			const { kind } = decodeToledo(await ask(TOLEDO_WEIGH));
			return kind === "weight" || kind === "byte" ? "answers W" : undefined;
		},
	},
	{
		driver: "nci",
		name: "weegschaal",
		title: "Scale (NCI)",
		sends: "CR, then W CR",
		settings: at(9600, 7, "even"),
		async recognise(ask) {
			// The CR ends what the question before it has begun.
			await ask(CARRIAGE_RETURN);
			const { kind } = decodeNci(await ask(NCI_WEIGH));
			return kind === "weight" || kind === "status" ? "answers W CR" : undefined;
		},
	},
	{
		driver: "mt-sics",
		name: "weegschaal",
		title: "Scale (MT-SICS)",
		sends: "an empty line, and I4",
		settings: at(9600, 8, "none"),
		async recognise(ask) {
			// The empty line ends what the questions before it may have left: a scale answers that with ES.
			const answer = Buffer.from(await ask(Buffer.concat([Buffer.from("\r\n"), SERIAL_NUMBER]))).toString("latin1");
			const serial = /I4 A "([ -~]{0,40})"\r\n/.exec(answer)?.[1];
			return serial === undefined ? undefined : `answers I4: serial number ${serial || "unknown"}`;
		},
	},
];

const isRecord = (bytes: Uint8Array, number: string): boolean =>
	new RegExp(`^\\x02${number}\\x1b[^\\x02\\x03]*\\x03$`).test(Buffer.from(bytes).toString("latin1"));

/**
 * The process that all NFC readers of a bridge are reached by. It is one of its own because the module under it blocks
 * its whole process while pcscd is away: who started it hears its beat, and kills it when that stops.
 */
import type { Reader } from "nfc-pcsc";

/** What the process tells. `tap` numbers the cards that were held to one reader. */
export type Told =
	| { kind: "beat" }
	| { kind: "ready" }
	| { kind: "failed"; code: "NFC_NOT_BUILT" | "NFC_PCSCD_AWAY"; detail: string }
	| { kind: "reader"; reader: string }
	| { kind: "reader-gone"; reader: string }
	| { kind: "card"; reader: string; tap: number; atr: Uint8Array }
	| { kind: "unreadable"; reader: string; detail: string }
	| { kind: "card-gone"; reader: string }
	| { kind: "answer"; id: number; bytes: Uint8Array }
	| { kind: "no-answer"; id: number; detail: string };

/** What it is asked: one APDU for the card of that tap, and of no other. */
export type Asked = { id: number; reader: string; tap: number; apdu: Uint8Array };

const BEAT_MS = 500;
/** Short APDUs only: 256 bytes and SW1, SW2. */
const ANSWER_BYTES_MAX = 258;

const readers = new Map<string, { reader: Reader; tap: number }>();

const tell = (told: Told): void => void process.send?.(told);
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function leave(code: "NFC_NOT_BUILT" | "NFC_PCSCD_AWAY", error: unknown): void {
	const told: Told = { kind: "failed", code, detail: wordsOf(error).split(/\. Tried|\n/)[0] ?? "" };
	process.send?.(told, () => process.exit(1));
}

function serve(reader: Reader): void {
	const { name } = reader;
	const state = { reader, tap: 0 };
	readers.set(name, state);
	// nfc-pcsc emits some of its errors under the error itself for a name, where nobody can hear them.
	const emit = reader.emit.bind(reader);
	reader.emit = (event: unknown, ...details: unknown[]) =>
		event instanceof Error ? emit("error", event) : emit(event as string, ...details);
	reader.autoProcessing = false;
	reader.on("card", ({ atr }: { atr?: Uint8Array }) => {
		state.tap++;
		tell({ kind: "card", reader: name, tap: state.tap, atr: atr ?? new Uint8Array() });
	});
	reader.on("card.off", () => tell({ kind: "card-gone", reader: name }));
	reader.on("error", (error: unknown) => tell({ kind: "unreadable", reader: name, detail: wordsOf(error) }));
	reader.on("end", () => {
		readers.delete(name);
		tell({ kind: "reader-gone", reader: name });
	});
	tell({ kind: "reader", reader: name });
}

async function transmit({ id, reader, tap, apdu }: Asked): Promise<void> {
	try {
		const state = readers.get(reader);
		if (state?.tap !== tap) throw new Error("that card is no longer there");
		const bytes = await state.reader.transmit(Buffer.from(apdu), ANSWER_BYTES_MAX);
		tell({ kind: "answer", id, bytes });
	} catch (error) {
		tell({ kind: "no-answer", id, detail: wordsOf(error) });
	}
}

async function start(): Promise<void> {
	process.once("disconnect", () => process.exit(0));
	process.on("message", (asked: Asked) => void transmit(asked));
	setInterval(() => tell({ kind: "beat" }), BEAT_MS);
	tell({ kind: "beat" });
	const { NFC } = await import("nfc-pcsc").catch((error: unknown) => {
		leave("NFC_NOT_BUILT", error);
		return { NFC: undefined };
	});
	if (!NFC) return;
	try {
		const nfc = new NFC();
		nfc.on("reader", serve);
		nfc.on("error", (error: unknown) => leave("NFC_PCSCD_AWAY", error));
		tell({ kind: "ready" });
	} catch (error) {
		leave("NFC_PCSCD_AWAY", error);
	}
}

await start();

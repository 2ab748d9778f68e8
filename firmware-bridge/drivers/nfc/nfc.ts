import { Type } from "typebox";
import { DeviceError, fault } from "../../fault.ts";
import type { CardLink } from "../../links/link.ts";
import { defineNfc } from "../define.ts";
import type { Outcome } from "../driver.ts";
import { asItComes } from "../exchange.ts";
import { WireError } from "../wire.ts";
import { type Answer, decodeAnswer, encodeReadPages, GET_UID, isRandomUid, isUidLength, kindOf } from "./apdu.ts";
import { decodeMessage, NdefError } from "./ndef.ts";
import { type Card, Taps } from "./taps.ts";
import { CAPABILITY_PAGE, decodeCapacity, FIRST_DATA_PAGE, findMessage, PAGE_BYTES } from "./type2-tag.ts";

const Settings = Type.Object(
	{
		debounceMs: Type.Integer({
			default: 1000,
			minimum: 0,
			maximum: 10_000,
			description: "A card that is back within this time was never away",
		}),
	},
	{ additionalProperties: false },
);

/** All that is read of one card takes no longer. */
const TAP_MS = 3000;
/** As many bytes as every reader gives in one answer. */
const READ_BYTES = 16;
const FAILURES_MAX = 3;

export const pcsc = defineNfc({
	name: "pcsc",
	title: "NFC readers over PC/SC (ACS ACR122U and ACR1252U, Identiv uTrust, HID Omnikey and others that pcscd knows)",
	provenOn: "emulator only: the real pcscd with virtual readers",
	settings: Settings,
	wire: {
		frames: asItComes,
		explain(frame, direction) {
			return direction === "out" ? explainQuestion(frame) : explainAnswer(decodeAnswer(frame));
		},
		// A UID names a person's card: its first byte and its length are enough to find a fault by.
		mask(frame, direction) {
			const answer = decodeAnswer(frame);
			if (direction === "out" || answer.kind !== "done" || !isUidLength(answer.data.length)) return frame;
			return frame.map((byte, index) => (index === 0 || index >= answer.data.length ? byte : 0));
		},
	},
	async open(link, settings, report) {
		const taps = new Taps(report, settings.debounceMs);
		let failures = 0;
		let tap = 0;
		const failed = (detail: string): void => {
			if (++failures < FAILURES_MAX) return;
			report.condition({ state: "degraded", fault: fault("DEVICE_GARBLED", detail) });
		};
		const read = async (atr: Uint8Array): Promise<void> => {
			const mine = ++tap;
			const deadline = performance.now() + TAP_MS;
			const ask = (apdu: Uint8Array): Promise<Answer> => {
				if (mine !== tap) throw new DeviceError("DEVICE_UNREACHABLE", "the card was taken away");
				if (performance.now() > deadline) throw new DeviceError("DEVICE_UNREACHABLE", "the card takes too long");
				return link.transmit(apdu).then(decodeAnswer);
			};
			try {
				const card = await readCard(atr, ask);
				if (mine !== tap) return;
				if (failures >= FAILURES_MAX) report.condition({ state: "online" });
				failures = 0;
				taps.come(card);
			} catch (error) {
				if (!(error instanceof DeviceError)) throw error;
				// A card that was taken away too soon is held to the reader again.
				if (mine === tap) failed(error.detail ?? error.code);
			}
		};
		report.condition({ state: "online" });
		const { promise: crashed, reject: crash } = Promise.withResolvers<never>();
		crashed.catch(() => undefined);
		link.watch((event) => {
			if (event.kind === "present") read(event.atr).catch(crash);
			else if (event.kind === "unreadable") failed(event.detail);
			else {
				tap++;
				taps.go();
			}
		});
		return {
			watch: async () => {
				try {
					await Promise.race([link.gone, crashed]);
				} finally {
					tap++;
					taps.end();
				}
			},
			perform: () => selfTest(link),
		};
	},
});

type Ask = (apdu: Uint8Array) => Promise<Answer>;

/**
 * Of every card its UID, of type 2 tags the text and address on them. Nothing else is ever asked, least of all of
 * cards of ISO/IEC 14443-4: bank cards are among them.
 */
async function readCard(atr: Uint8Array, ask: Ask): Promise<Card> {
	const answer = await ask(GET_UID);
	if (answer.kind === "garbled") throw new DeviceError("DEVICE_GARBLED", answer.detail);
	if (answer.kind === "refused") throw new DeviceError("DEVICE_GARBLED", `no UID: ${answer.status} ${answer.reason}`);
	if (!isUidLength(answer.data.length)) {
		throw new DeviceError("DEVICE_GARBLED", `a UID of ${answer.data.length} bytes`);
	}
	const card = { uid: Buffer.from(answer.data).toString("hex"), isRandomUid: isRandomUid(answer.data) };
	return kindOf(atr) === "type-2" ? { ...card, ...(await readContent(ask)) } : card;
}

/** The first text and the first address on a type 2 tag. A tag without them, or with broken ones, still has its UID. */
async function readContent(ask: Ask): Promise<Pick<Card, "text" | "uri">> {
	const head = await readPages(ask, CAPABILITY_PAGE, READ_BYTES);
	const capacity = head && decodeCapacity(head);
	if (!head || capacity === undefined) return {};
	let data = head.subarray(PAGE_BYTES);
	try {
		for (;;) {
			const found = findMessage(data, capacity);
			if (found.kind === "none") return {};
			if (found.kind === "message") {
				const records = decodeMessage(found.bytes);
				const text = records.find((record) => record.kind === "text");
				const uri = records.find((record) => record.kind === "uri");
				return { ...(text ? { text: text.text } : {}), ...(uri ? { uri: uri.uri } : {}) };
			}
			const more = await readPages(ask, FIRST_DATA_PAGE + data.length / PAGE_BYTES, restOf(data.length, capacity));
			if (!more) return {};
			data = Buffer.concat([data, more]);
		}
	} catch (error) {
		if (error instanceof NdefError) return {};
		throw error;
	}
}

/** The end of a tag's memory may be nearer than a whole read. */
const restOf = (read: number, capacity: number): number => Math.min(READ_BYTES, Math.max(PAGE_BYTES, capacity - read));

async function readPages(ask: Ask, page: number, bytes: number): Promise<Uint8Array | undefined> {
	const answer = await ask(encodeReadPages(page, bytes));
	if (answer.kind === "garbled") throw new DeviceError("DEVICE_GARBLED", answer.detail);
	if (answer.kind === "refused") return undefined;
	if (answer.data.length !== bytes) throw new DeviceError("DEVICE_GARBLED", `${answer.data.length} bytes of ${bytes}`);
	return answer.data;
}

async function selfTest(link: CardLink): Promise<Outcome> {
	const reader = link.identity?.model ?? "the reader";
	try {
		const answer = decodeAnswer(await link.transmit(GET_UID));
		if (answer.kind === "done") return { status: "done", detail: `${reader} reads the card that lies on it` };
		return { status: "failed", fault: fault("DEVICE_GARBLED", `${reader} can't read the card that lies on it`) };
	} catch (error) {
		if (!(error instanceof DeviceError)) throw error;
		return { status: "done", detail: `${reader} is there; no card answers on it. Hold one to it to test it` };
	}
}

function explainQuestion(apdu: Uint8Array): Record<string, unknown> {
	if (apdu.length < 4) throw new WireError("a command APDU has four bytes or more");
	const [group, instruction, high = 0, low = 0, length] = apdu;
	if (group === 0xff && instruction === 0xca) return { asks: "UID" };
	if (group === 0xff && instruction === 0xb0) return { asks: "read", page: high * 256 + low, bytes: length };
	return { asks: "other", apdu: Buffer.from(apdu).toString("hex") };
}

function explainAnswer(answer: Answer): Record<string, unknown> {
	if (answer.kind === "garbled") throw new WireError(answer.detail);
	if (answer.kind === "refused") return { status: answer.status, reason: answer.reason };
	const { data } = answer;
	if (isUidLength(data.length)) return { status: "9000", bytes: data.length };
	return { status: "9000", bytes: data.length, data: Buffer.from(data).toString("hex") };
}

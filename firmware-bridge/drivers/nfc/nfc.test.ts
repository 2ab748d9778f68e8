import { setImmediate } from "node:timers/promises";
import type { Command } from "@kassahub/contracts/command.ts";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bankCard, type CardMisbehaviour, classic1k, type EmulatedCard, ntag213, phone } from "../../emulators/card.ts";
import { CardField } from "../../emulators/card-field.ts";
import type { Session } from "../driver.ts";
import { jobOnPaper, Witness } from "../witness.ts";
import { pcsc } from "./nfc.ts";

// The tags of the protocol sheet, section 5.
const URI_TAG = "0315D101115504" + "6B61737361687562" + "2E6E6C2F622F3432FE";
const TEXT_TAG = "030DD1010954026E6C4B6173736131FE";

const READS_UID = "ffca000000";

let field: CardField;
let witness: Witness;
let session: Session;
let watching: Promise<void>;

beforeEach(async () => {
	field = new CardField();
	witness = new Witness();
	session = await pcsc.open(field, { debounceMs: 0 }, witness);
	watching = session.watch();
});

afterEach(async () => {
	await field.close();
	await watching;
});

/** Lets whatever follows from a tap happen: the field answers without a wire between. */
const turn = setImmediate;
const tapped = () => witness.untilReading("tag", (tag) => tag.isPresent);
const gone = () => witness.untilReading("tag", (tag) => !tag.isPresent);

test.each<[string, EmulatedCard, Record<string, unknown>]>([
	["an NTAG with an address", ntag213({ data: URI_TAG }), { uid: "04a1b2c3d4e580", uri: "https://kassahub.nl/b/42" }],
	["an NTAG with a text", ntag213({ data: TEXT_TAG }), { uid: "04a1b2c3d4e580", text: "Kassa1" }],
	["an empty NTAG", ntag213(), { uid: "04a1b2c3d4e580" }],
	[
		"an NTAG that was never made an NDEF tag",
		ntag213({ capability: "00000000", data: TEXT_TAG }),
		{ uid: "04a1b2c3d4e580" },
	],
	["a tag whose message runs past its memory", ntag213({ data: "03FF1000" }), { uid: "04a1b2c3d4e580" }],
	["a tag whose message is broken", ntag213({ data: "0303D101FFFE" }), { uid: "04a1b2c3d4e580" }],
	["a MIFARE Classic", classic1k(), { uid: "deadbeef" }],
	["a phone", phone(), { uid: "08c0ffee", isRandomUid: true }],
])("%s is a reading", async (_, card, expected) => {
	field.hold(card);
	expect(await tapped()).toEqual({ type: "tag", isPresent: true, isRandomUid: false, ...expected });
	field.take();
	expect(await gone()).toMatchObject({ isPresent: false, uid: expected.uid });
	expect(witness.conditions).toEqual([{ state: "online" }]);
});

test("of a bank card nothing is asked but its UID", async () => {
	const card = bankCard();
	field.hold(card);
	await tapped();
	expect(card.asked).toEqual([READS_UID]);
});

test("nothing is ever written to a tag, nor read of its lock and password pages", async () => {
	const card = ntag213({ data: URI_TAG });
	field.hold(card);
	await tapped();
	expect(card.asked.length).toBeGreaterThan(1);
	for (const apdu of card.asked) expect(apdu).toMatch(/^(ffca000000|ffb000(0[3-9a-f]|[12][0-9a-f])(04|08|0c|10))$/);
});

test("a message over the whole of a tag is read to its end, and no further than its memory", async () => {
	const text = "k".repeat(133);
	const length = (text.length + 3).toString(16);
	const record = `D101${length}54026E6C${Buffer.from(text).toString("hex")}`;
	field.hold(ntag213({ data: `03${(text.length + 7).toString(16)}${record}FE` }));
	expect(await tapped()).toMatchObject({ text });
});

test.each<[string, Partial<CardMisbehaviour>]>([
	["is mute", { isMute: true }],
	["refuses with 63 00", { status: "6300" }],
	["sends the end of an answer only", { cutsOff: true }],
	["gives a UID that is too short", { hasShortUid: true }],
])(
	"a card that %s three times over is a fault, never a UID, and the next good one ends it",
	async (_, misbehaviour) => {
		const card = ntag213();
		for (let time = 0; time < 3; time++) {
			card.misbehave(misbehaviour);
			field.hold(card);
			await turn();
			field.take();
		}
		const condition = await witness.untilCondition(({ state }) => state === "degraded");
		expect(condition.fault?.code).toBe("DEVICE_GARBLED");
		expect(witness.readings).toEqual([]);
		card.misbehave({});
		field.hold(card);
		await tapped();
		expect(witness.conditions.at(-1)).toEqual({ state: "online" });
	},
);

test.each([1, 2, 3])("a card taken away at its APDU %i is no reading, and no fault", async (leavesAt) => {
	const card = ntag213({ data: URI_TAG });
	card.misbehave({ leavesAt });
	field.hold(card);
	await turn();
	expect(card.asked).toHaveLength(leavesAt);
	card.misbehave({});
	field.hold(card);
	expect(await tapped()).toMatchObject({ uri: "https://kassahub.nl/b/42" });
	expect(witness.readings).toHaveLength(1);
	expect(witness.conditions).toEqual([{ state: "online" }]);
});

test("a card that was away before its answer came is no reading", async () => {
	field.hold(classic1k());
	field.take();
	await turn();
	expect(witness.readings).toEqual([]);
});

test("a page that comes back short is never taken for the whole", async () => {
	const card = ntag213({ data: TEXT_TAG });
	field.hold(card);
	await tapped();
	field.take();
	await gone();
	card.misbehave({ hasShortPages: true });
	field.hold(card);
	await turn();
	expect(card.asked.length).toBeGreaterThan(2);
	expect(witness.readings).toHaveLength(2);
});

describe("a card at the edge of the field", () => {
	test("is one tap while it is back within the time set", async () => {
		const shaky = new CardField();
		const report = new Witness();
		const bouncing = (await pcsc.open(shaky, { debounceMs: 10_000 }, report)).watch();
		const badge = ntag213();
		for (let time = 1; time <= 3; time++) {
			shaky.hold(badge);
			await turn();
			expect(badge.asked).toHaveLength(2 * time);
			shaky.take();
		}
		const other = classic1k();
		shaky.hold(other);
		await report.untilReading("tag", ({ uid, isPresent }) => uid === "deadbeef" && isPresent);
		expect(report.readings.map((tag) => tag.type === "tag" && [tag.uid, tag.isPresent])).toEqual([
			["04a1b2c3d4e580", true],
			["04a1b2c3d4e580", false],
			["deadbeef", true],
		]);
		await shaky.close();
		await bouncing;
		expect(report.readings.at(-1)).toMatchObject({ uid: "deadbeef", isPresent: false });
	});
});

describe("the self-test", () => {
	const command: Command = { id: uuidv7(), at: new Date().toISOString(), action: "self-test" };

	test("says whether a card is read", async () => {
		expect(await session.perform(command, jobOnPaper())).toMatchObject({
			status: "done",
			detail: expect.stringContaining("no card"),
		});
		const card = ntag213();
		field.hold(card);
		await tapped();
		expect(await session.perform(command, jobOnPaper())).toMatchObject({ status: "done" });
		card.misbehave({ status: "6300" });
		expect(await session.perform(command, jobOnPaper())).toMatchObject({
			status: "failed",
			fault: { code: "DEVICE_GARBLED" },
		});
	});
});

describe("what is kept and shown of the wire", () => {
	const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

	test("of a UID only its first byte and its length are kept", () => {
		expect(pcsc.wire.mask?.(hex("04 A1 B2 C3 D4 E5 80 90 00"), "in")).toEqual(hex("04 00 00 00 00 00 00 90 00"));
		expect(pcsc.wire.mask?.(hex("DE AD BE EF 90 00"), "in")).toEqual(hex("DE 00 00 00 90 00"));
		expect(pcsc.wire.mask?.(hex(READS_UID), "out")).toEqual(hex(READS_UID));
	});

	test("explains questions and answers, and shows no UID", () => {
		expect(pcsc.wire.explain(hex(READS_UID), "out")).toEqual({ asks: "UID" });
		expect(pcsc.wire.explain(hex("FF B0 00 03 10"), "out")).toEqual({ asks: "read", page: 3, bytes: 16 });
		expect(pcsc.wire.explain(hex("04 A1 B2 C3 D4 E5 80 90 00"), "in")).toEqual({ status: "9000", bytes: 7 });
		expect(pcsc.wire.explain(hex("63 00"), "in")).toEqual({ status: "6300", reason: "failed" });
		expect(() => pcsc.wire.explain(hex("90"), "in")).toThrow();
	});
});

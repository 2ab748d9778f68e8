import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { afterEach, expect, test } from "vitest";
import type { Dialog06Condition } from "../../emulators/dialog06.ts";
import { type ScaleOnCable, startScale } from "../../emulators/scale-on-cable.ts";
import type { DeviceError } from "../../fault.ts";
import { openLink, parseLink } from "../../links/address.ts";
import type { Link, Tap } from "../../links/link.ts";
import { type Connected, connect } from "../connected.testing.ts";
import type { Outcome } from "../driver.ts";
import { jobOnPaper, Witness } from "../witness.ts";
import { dialog06 } from "./dialog06.ts";
import { conformScale } from "./scales.conformance.ts";

const GENERATOR = "11021";
const folder = mkdtempSync(join(tmpdir(), "dialog06-"));
const secretFile = join(folder, "generator");
writeFileSync(secretFile, `0x${GENERATOR}\n`);

const start = () => startScale({ path: join(mkdtempSync(join(tmpdir(), "scale-")), "port"), kind: "dialog06" });
const settings = {
	answerMs: 300,
	restMs: 0,
	stillMs: 600,
	checkMs: 50,
	priceDigits: 6 as const,
	checksums: ["b0a1"],
	secretFile,
};

conformScale(dialog06, settings, start);

/** Presence is looked at once, and not again: what is spoiled in these tests is the weighing. */
const undisturbed = { ...settings, checkMs: 60_000 };
let scale: ScaleOnCable<"dialog06">;
let connected: Connected<"bytes"> | undefined;

async function weighOn(condition: Partial<Dialog06Condition>, change: Record<string, unknown> = {}): Promise<void> {
	scale = await start();
	scale.set(condition);
	connected = await connect(dialog06, `serial://${scale.path}`, { ...undisturbed, ...change });
	await connected.witness.untilCondition(({ state }) => state === "online");
}

afterEach(async () => {
	if (!connected) return;
	await connected.link.close();
	await connected.watching;
	await scale.close();
	connected = undefined;
});

type Order = { unitPrice: number; tareGrams?: number; text?: string };

async function weigh(order: Order): Promise<Outcome> {
	if (!connected) throw new Error("no scale");
	return connected.session.perform(
		{ id: uuidv7(), at: new Date().toISOString(), action: "weigh", ...order },
		jobOnPaper(),
	);
}

const goudse = { grams: 456, net: false, unitPrice: 399, total: 182 };

test("a scale just switched on gets its check sums, and weighs", async () => {
	await weighOn({ grams: 456, mustCheck: true });
	expect(await weigh({ unitPrice: 399 })).toEqual({ status: "done", weight: goudse });
	expect(scale.condition.mustCheck).toBe(false);
});

test("five check sums are given where the scale is set up for five", async () => {
	const checksums = ["B0A1", "0000", "FFFF", "1234", "ABCD"];
	await weighOn({ grams: 456, checksums }, { checksums });
	expect(await weigh({ unitPrice: 399 })).toEqual({ status: "done", weight: goudse });
});

test("the check is repeated after fifty weighings, and every weighing comes out", async () => {
	await weighOn({ grams: 456 });
	for (let weighing = 0; weighing < 52; weighing++) {
		scale.set({ grams: 100 + weighing });
		expect(await weigh({ unitPrice: 1000 })).toMatchObject({
			weight: { grams: 100 + weighing, total: 100 + weighing },
		});
	}
});

test.each<[string, Record<string, unknown>, string]>([
	["no secret", { secretFile: undefined }, "none were set"],
	["no check sums", { checksums: [] }, "none were set"],
	["the check sums of another program", { checksums: ["B0A2"] }, "does not accept"],
	["fewer check sums than the scale wants", { checksums: ["B0A1"] }, "does not accept"],
])("with %s the register is not released, and there is no weight", async (name, change, detail) => {
	await weighOn({ grams: 456, ...(name.startsWith("fewer") ? { checksums: ["B0A1", "B0A1"] } : {}) }, change);
	expect(await weigh({ unitPrice: 399 })).toEqual({
		status: "failed",
		fault: { code: "SCALE_NOT_RELEASED", detail: expect.stringContaining(detail) },
	});
	expect(scale.checks).toBe(detail === "does not accept" ? 2 : 0);
});

test.each([
	["is not there", undefined, "secretFile: ENOENT"],
	["holds something else", "hunter2", "secretFile holds no generator"],
	["holds too few bits", "08005", "secretFile holds no generator"],
])("a secret file that %s is a mistake in the settings, and its words are not repeated", async (_, text, detail) => {
	const file = join(folder, `secret-${uuidv7()}`);
	if (text !== undefined) writeFileSync(file, text);
	const tried = await start();
	const opening = connect(dialog06, `serial://${tried.path}`, { ...settings, secretFile: file });
	const error = await opening.then(
		() => undefined,
		(reason: DeviceError) => reason,
	);
	expect(error).toMatchObject({ code: "DEVICE_CONFIG_INVALID", detail: expect.stringContaining(detail) });
	if (text !== undefined) expect(error?.message).not.toContain(text);
	await tried.close();
});

test("price, tare and text stand on the scale's display", async () => {
	await weighOn({ grams: 476, mustCheck: false });
	await weigh({ unitPrice: 399, tareGrams: 20, text: "Goudse, jong" });
	scale.set({ grams: 500 });
	await weigh({ unitPrice: 1, text: "Crème" });
	expect(scale.shown).toEqual(["000399|0020|Goudse, jong ", "000001|0000|Creme        "]);
});

test("a scale that is set to five digits gets five", async () => {
	await weighOn({ grams: 456, priceDigits: 5, mustCheck: false }, { priceDigits: 5 });
	expect(await weigh({ unitPrice: 399 })).toEqual({ status: "done", weight: goudse });
	expect(await weigh({ unitPrice: 100_000 })).toMatchObject({ fault: { code: "SCALE_ORDER_REFUSED" } });
	expect(scale.shown).toHaveLength(1);
});

test.each([
	["in motion", "20"],
	["not finished", "22"],
] as const)("a measurement that is %s is asked for again, and not begun anew", async (_, unfinishedStatus) => {
	await weighOn({ grams: 456, mustCheck: false, unfinished: 2, unfinishedStatus });
	expect(await weigh({ unitPrice: 399 })).toEqual({ status: "done", weight: goudse });
	expect(scale.shown).toHaveLength(1);
});

test("the same goods are not weighed twice, and may be when they were taken off and put on again", async () => {
	await weighOn({ grams: 456, mustCheck: false });
	await weigh({ unitPrice: 399 });
	expect(await weigh({ unitPrice: 399 })).toMatchObject({ status: "failed", fault: { code: "SCALE_SAME_GOODS" } });
	scale.set({ grams: 0 });
	scale.set({ grams: 456 });
	expect(await weigh({ unitPrice: 399 })).toEqual({ status: "done", weight: goudse });
});

test.each<[string, Partial<Dialog06Condition>, Order, string]>([
	["too light", { grams: 12 }, { unitPrice: 399 }, "SCALE_BELOW_MINIMUM"],
	["more tare than goods", { grams: 12 }, { unitPrice: 399, tareGrams: 20 }, "SCALE_NOT_READY"],
	["a tare of five digits", { grams: 456 }, { unitPrice: 399, tareGrams: 10_000 }, "SCALE_ORDER_REFUSED"],
	["a price that the scale refuses", { grams: 456, priceDigits: 5 }, { unitPrice: 399 }, "SCALE_ORDER_REFUSED"],
	["pounds", { grams: 456, unit: "0" }, { unitPrice: 399 }, "SCALE_UNIT"],
])("%s: no weight, and the reason", async (_, condition, order, code) => {
	await weighOn({ mustCheck: false, ...condition });
	expect(await weigh(order)).toEqual({ status: "failed", fault: expect.objectContaining({ code }) });
});

test.each([
	["00", 3, "done"],
	["01", 3, "done"],
	["02", 3, "done"],
	["01", 4, "SCALE_NOT_READY"],
	["02", 4, "DEVICE_GARBLED"],
	["77", 4, "SCALE_NOT_READY"],
])(
	"after status %s the weighing is begun anew, three times at most (%i refusals: %s)",
	async (refusalStatus, refusals, end) => {
		await weighOn({ grams: 456, mustCheck: false, refusals, refusalStatus });
		const { status, fault } = await weigh({ unitPrice: 399 });
		expect(fault?.code ?? status).toBe(end);
	},
);

const spoils: [string, Parameters<ScaleOnCable["misbehave"]>[0]][] = [
	["lost", { isMute: true }],
	["garbled", { babbles: true }],
	["cut off", { cutsOff: true }],
	["doubled", { repeatsItself: true }],
	["that to another question", { answersWrongly: true }],
];
// The challenge, its ACK, the verdict, the ACK of the record, and the result.
const moments = [1, 2, 3, 4, 5].flatMap((nth) => spoils.map(([how, misbehaviour]) => ({ nth, how, misbehaviour })));

test.each(moments)("when answer $nth is $how, the weight is right or there is none", async ({ nth, misbehaviour }) => {
	await weighOn({ grams: 456 });
	scale.misbehave({ ...misbehaviour, onlyAnswer: nth });
	const outcome = await weigh({ unitPrice: 399 });
	// A result that was lost on its way counts for the scale: the goods have to be put on again.
	if (outcome.status === "done") expect(outcome.weight).toEqual(goudse);
	else expect(outcome).toMatchObject({ status: "failed", fault: { code: "SCALE_SAME_GOODS" } });
	scale.misbehave({});
	scale.set({ grams: 789 });
	expect(await weigh({ unitPrice: 1000 })).toMatchObject({ status: "done", weight: { grams: 789, total: 789 } });
});

test("a result at another price than was asked is not this weighing's", async () => {
	await weighOn({ grams: 456, mustCheck: false, weighsAtPrice: "000499" });
	const outcome = await weigh({ unitPrice: 399 });
	expect(outcome.status).toBe("failed");
	expect(outcome.weight).toBeUndefined();
});

test("a copy that does not bear being looked at is weighed with all the same", async () => {
	await weighOn({ grams: 456, mustCheck: false, answersNoStatus: true }, { checkMs: 0 });
	expect(await weigh({ unitPrice: 399 })).toEqual({ status: "done", weight: goudse });
});

test("weighings and looks do not get into each other's way", async () => {
	await weighOn({ grams: 456 }, { checkMs: 1 });
	for (let weighing = 0; weighing < 20; weighing++) {
		scale.set({ grams: 500 + weighing });
		expect(await weigh({ unitPrice: 1000 })).toMatchObject({ status: "done", weight: { grams: 500 + weighing } });
	}
	expect(connected?.witness.conditions.filter(({ state }) => state !== "online")).toEqual([]);
});

test("nothing that is told of a weighing, and nothing that is recorded, holds a check sum or the generator", async () => {
	scale = await start();
	const recorded: string[] = [];
	const frames = { in: dialog06.wire.frames("in"), out: dialog06.wire.frames("out") };
	const tap: Tap = (direction, bytes) => {
		for (const frame of frames[direction].push(bytes)) {
			const kept = dialog06.wire.mask?.(frame, direction) ?? frame;
			recorded.push(Buffer.from(kept).toString("latin1"), JSON.stringify(dialog06.wire.explain(kept, direction)));
		}
	};
	const link = (await openLink(parseLink(`serial://${scale.path}`, dialog06), { tap, broker: undefined })) as Link;
	const witness = new Witness();
	scale.set({ grams: 456 });
	const session = await dialog06.open(link, undisturbed, witness);
	const command = { id: uuidv7(), at: new Date().toISOString(), action: "weigh" as const, unitPrice: 399 };
	const outcome = await session.perform(command, jobOnPaper());
	expect(outcome.status).toBe("done");
	const checks = recorded.filter((line) => line.includes("check sums") && line.includes('"pairs":1'));
	expect(checks).toHaveLength(1);
	const told = JSON.stringify([recorded, outcome, witness.conditions]);
	expect(told).not.toMatch(/11021|[0-9A-F]{8}/);
	await link.close();
	await scale.close();
});

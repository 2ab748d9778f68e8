import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { afterEach, expect, test } from "vitest";
import type { NciCondition } from "../../emulators/nci.ts";
import { type ScaleOnCable, startScale } from "../../emulators/scale-on-cable.ts";
import { type Connected, connect } from "../connected.testing.ts";
import type { Weight } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";
import { nci } from "./nci.ts";
import { conformScale } from "./scales.conformance.ts";

const settings = { pollMs: 50, answerMs: 300 };
const start = () => startScale({ path: join(mkdtempSync(join(tmpdir(), "scale-")), "port"), kind: "nci" });

conformScale(nci, settings, start);

let scale: ScaleOnCable<"nci">;
let connected: Connected<"bytes"> | undefined;

async function weighOn(condition: Partial<NciCondition>): Promise<Connected<"bytes">> {
	scale = await start();
	scale.set(condition);
	connected = await connect(nci, `serial://${scale.path}`, settings);
	return connected;
}

afterEach(async () => {
	if (!connected) return;
	await connected.link.close();
	await connected.watching;
	await scale.close();
	connected = undefined;
});

const weighs =
	(grams: number, net = false) =>
	(weight: Weight): boolean =>
		weight.state === "stable" && weight.grams === grams && weight.net === net;

test.each<[string, Partial<NciCondition>]>([
	["without the letter S", { leavesOutS: true }],
	["with signs that fill the weight", { fillsWeight: true }],
	["as older text has it, with fills and without S", { leavesOutS: true, fillsWeight: true }],
	["with all four status bytes", { statusBytes: 4 }],
])("an answer %s weighs, and offers nothing beyond what can be weighed", async (_, condition) => {
	const { witness } = await weighOn({ ...condition, grams: 456 });
	await witness.untilWeight(weighs(456));
	scale.set({ grams: 15_001 });
	await witness.untilWeight(({ state }) => state === "over-capacity");
	scale.set({ grams: -20 });
	await witness.untilWeight(({ state }) => state === "under-zero");
	scale.set({ grams: 789 });
	await witness.untilWeight(weighs(789));
	expect(witness.conditions.filter(({ state }) => state !== "online")).toEqual([]);
	expect(witness.weights.filter(({ state }) => state === "stable")).toHaveLength(2);
});

test("digits that come with the motion bit are never offered", async () => {
	const { witness } = await weighOn({ grams: 333, isMoving: true, weighsInMotion: true });
	await witness.untilWeight(({ state }) => state === "moving");
	scale.set({ grams: 456, isMoving: false });
	await witness.untilWeight(weighs(456));
	expect(witness.weights).not.toContainEqual(expect.objectContaining({ grams: 333 }));
});

test("a tare by the scale's own key makes the weight net, where the scale says so", async () => {
	const { witness } = await weighOn({ grams: 476, keyedTareGrams: 20, statusBytes: 3 });
	await witness.untilWeight(weighs(456, true));
});

test("a net weight of nothing is not said to be a zero", async () => {
	const { session } = await weighOn({ grams: 20, keyedTareGrams: 20, zeroIsNet: true, statusBytes: 3 });
	const command = { id: uuidv7(), at: new Date().toISOString(), action: "zero" as const };
	expect(await session.perform(command, jobOnPaper())).toEqual({
		status: "failed",
		fault: { code: "SCALE_NOT_READY", detail: "at zero, net" },
	});
});

test.each<[string, Partial<NciCondition>, object]>([
	["pounds", { unit: "LB" }, { code: "SCALE_UNIT" }],
	["a defect", { defects: 0x84 }, { code: "SCALE_DEFECT", detail: "RAM, calibration" }],
	["no zero, by a fill", { hasNoZero: true, fillsWeight: true }, { code: "SCALE_NOT_READY" }],
	["no zero, by a status byte", { hasNoZero: true, statusBytes: 3 }, { code: "SCALE_NOT_READY" }],
])("%s gives no weight and a named fault", async (_, condition, fault) => {
	const { witness } = await weighOn({ ...condition, grams: 456 });
	const degraded = await witness.untilCondition(({ state }) => state === "degraded");
	expect(degraded.fault).toMatchObject(fault);
	expect(witness.weights.filter(({ state }) => state === "stable")).toEqual([]);
});

test("a reader of the wire sees both sides", () => {
	const explain = (direction: "in" | "out", text: string) =>
		nci.wire
			.frames(direction)
			.push(Buffer.from(text, "latin1"))
			.map((frame) => nci.wire.explain(frame, direction));
	expect(explain("out", "W\rZ\r")).toEqual([
		{ command: "W", asks: "the weight" },
		{ command: "Z", asks: "zero" },
	]);
	expect(explain("in", "\n00.456KG\r\nS00\r\x03\n10\r\x03\n?\r\x03\n01.005LB\r\nS00\r\x03")).toEqual([
		{ weight: "00.456 KG", grams: 456, status: [] },
		{ status: ["in motion"] },
		{ error: "the scale does not know the command" },
		{ unsuitable: "the scale weighs in LB, not in kg or g" },
	]);
	expect(() => explain("out", "X\r")).toThrow("no command of this protocol");
	expect(() => explain("in", "hallo\x03")).toThrow("not LF … CR ETX");
});

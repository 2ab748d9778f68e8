import type { Command } from "@kassahub/contracts/command.ts";
import type { TObject } from "typebox";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ScaleOnCable } from "../../emulators/scale-on-cable.ts";
import type { DeviceError } from "../../fault.ts";
import type { Link } from "../../links/link.ts";
import { connect as connectTo } from "../connected.testing.ts";
import type { Driver, Outcome, Session, Weight } from "../driver.ts";
import { jobOnPaper, type Witness } from "../witness.ts";

type ScaleAction = { action: "zero" | "clear-tare" | "self-test" } | { action: "tare"; grams?: number };

const isStable = (weight: Weight): boolean => weight.state === "stable";
const weighs =
	(grams: number, net = false) =>
	(weight: Weight): boolean =>
		weight.state === "stable" && weight.grams === grams && weight.net === net;

/** What every scale driver must hold to, over a real serial port, against its emulator. */
export function conformScale(
	driver: Driver<TObject, "bytes">,
	settings: Record<string, unknown> & { answerMs: number },
	start: () => Promise<ScaleOnCable>,
): void {
	describe(`${driver.name} over a serial port`, () => {
		let scale: ScaleOnCable;
		let link: Link;
		let session: Session;
		let witness: Witness;
		let watching: Promise<void>;

		async function connect(): Promise<void> {
			({ link, session, witness, watching } = await connectTo(driver, `serial://${scale.path}`, settings));
		}

		const perform = (action: ScaleAction): Promise<Outcome> =>
			session.perform({ id: uuidv7(), at: new Date().toISOString(), ...action } as Command, jobOnPaper());

		beforeEach(async () => {
			scale = await start();
			await connect();
		});

		afterEach(async () => {
			await link.close();
			await watching;
			await scale.close();
		});

		test("offers a still weight in exact grams", async () => {
			scale.set({ grams: 456 });
			await witness.untilWeight(weighs(456));
			scale.set({ grams: 14_999 });
			await witness.untilWeight(weighs(14_999));
			expect(witness.conditions.at(-1)).toEqual({ state: "online" });
		});

		test("a weight in motion is never offered", async () => {
			scale.set({ grams: 100 });
			await witness.untilWeight(weighs(100));
			scale.set({ isMoving: true, grams: 333 });
			await witness.untilWeight((weight) => weight.state === "moving");
			scale.set({ isMoving: false, grams: 500 });
			await witness.untilWeight(weighs(500));
			expect(witness.weights.filter(weighs(333))).toEqual([]);
		});

		test("below zero and above capacity carry no grams", async () => {
			scale.set({ grams: -20 });
			expect(await witness.untilWeight((weight) => weight.state === "under-zero")).toEqual({ state: "under-zero" });
			scale.set({ grams: 15_001 });
			expect(await witness.untilWeight((weight) => weight.state === "over-capacity")).toEqual({
				state: "over-capacity",
			});
		});

		test("an unplugged scale takes its weight back, and weighs again when plugged in", async () => {
			scale.set({ grams: 456 });
			await witness.untilWeight(weighs(456));
			await scale.unplug();
			const reason: DeviceError = await link.gone;
			expect(reason.code).toBe("DEVICE_UNREACHABLE");
			await watching;
			expect(witness.weights.at(-1)).toEqual({ state: "unknown" });
			await link.close();
			await scale.replug();
			await connect();
			await witness.untilWeight(weighs(456));
		});

		test.each([
			["garbage", { babbles: true }, "DEVICE_GARBLED"],
			["answers cut off half-way", { cutsOff: true }, "DEVICE_GARBLED"],
			["the wrong parity", { hasWrongParity: true }, "DEVICE_GARBLED"],
			["silence", { isMute: true }, "DEVICE_UNREACHABLE"],
			["answers that come too late", { lateMs: settings.answerMs + 100 }, "DEVICE_UNREACHABLE"],
		])("%s gives no weight, a named fault, and the weight again when it is over", async (_, misbehaviour, code) => {
			scale.set({ grams: 456 });
			await witness.untilWeight(weighs(456));
			scale.misbehave(misbehaviour);
			await witness.untilWeight((weight) => weight.state === "unknown");
			const before = witness.weights.length;
			scale.set({ grams: 789 });
			const condition = await witness.untilCondition(({ state }) => state !== "online");
			expect(condition.fault?.code).toBe(code);
			expect(witness.weights.slice(before).filter(isStable)).toEqual([]);
			scale.misbehave({});
			await witness.untilWeight(weighs(789));
			expect(witness.conditions.at(-1)).toEqual({ state: "online" });
			expect(witness.weights.slice(before).filter(weighs(456))).toEqual([]);
		});

		test("the answer to another question is no weight", async () => {
			scale.set({ grams: 456 });
			await witness.untilWeight(weighs(456));
			scale.misbehave({ answersWrongly: true });
			await witness.untilWeight((weight) => weight.state !== "stable");
			expect((await perform({ action: "zero" }).catch((error: DeviceError) => ({ status: error.code }))).status).toBe(
				"DEVICE_GARBLED",
			);
		});

		test("zeroes within its range only", async () => {
			scale.set({ grams: 12 });
			expect(await perform({ action: "zero" })).toEqual({ status: "done" });
			await witness.untilWeight(weighs(0));
			scale.set({ grams: 5000 });
			expect(await perform({ action: "zero" })).toMatchObject({ status: "failed", fault: { code: "SCALE_NOT_READY" } });
		});

		test("takes tare off by what is on the plate or by a number, and puts it back", async () => {
			scale.set({ grams: 120 });
			expect(await perform({ action: "tare" })).toEqual({ status: "done" });
			await witness.untilWeight(weighs(0, true));
			scale.set({ grams: 576 });
			await witness.untilWeight(weighs(456, true));
			expect(await perform({ action: "clear-tare" })).toEqual({ status: "done" });
			await witness.untilWeight(weighs(576));
			expect(await perform({ action: "tare", grams: 20 })).toEqual({ status: "done" });
			await witness.untilWeight(weighs(556, true));
		});

		test("does not tare goods in motion", async () => {
			scale.set({ grams: 120, isMoving: true });
			expect(await perform({ action: "tare" })).toMatchObject({ status: "failed", fault: { code: "SCALE_NOT_READY" } });
		});

		test("a self-test passes, or names what failed", async () => {
			expect(await perform({ action: "self-test" })).toMatchObject({ status: "done" });
			scale.set({ testFailures: 0x10 });
			expect(await perform({ action: "self-test" })).toMatchObject({
				status: "failed",
				fault: { code: "SCALE_DEFECT" },
			});
		});
	});
}

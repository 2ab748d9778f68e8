import type { Command } from "@kassahub/contracts/command.ts";
import fc from "fast-check";
import type { TObject } from "typebox";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ScaleOnCable } from "../../emulators/scale-on-cable.ts";
import type { DeviceError } from "../../fault.ts";
import type { Link } from "../../links/link.ts";
import { connect as connectTo } from "../connected.testing.ts";
import type { Driver, Outcome, Session, Weight } from "../driver.ts";
import { WireError } from "../wire.ts";
import { jobOnPaper, type Witness } from "../witness.ts";

type ScaleAction =
	| { action: "zero" | "clear-tare" | "self-test" }
	| { action: "tare"; grams?: number }
	| { action: "weigh"; unitPrice: number; tareGrams?: number };

const isStable = (weight: Weight): boolean => weight.state === "stable";
const weighs =
	(grams: number, net = false) =>
	(weight: Weight): boolean =>
		weight.state === "stable" && weight.grams === grams && weight.net === net;

/** What every scale driver must hold to, over a real serial port, against its emulator; each as far as its actions go. */
export function conformScale(
	driver: Driver<TObject, "bytes">,
	settings: Record<string, unknown> & { answerMs: number },
	start: () => Promise<ScaleOnCable>,
): void {
	const knows = (action: ScaleAction["action"]): boolean => driver.actions.includes(action);
	/** A scale that weighs only at a price, when asked, publishes no weights. */
	const weighsUnasked = !knows("weigh");
	const badAnswers: [string, Parameters<ScaleOnCable["misbehave"]>[0], string | RegExp][] = [
		["garbage", { babbles: true }, "DEVICE_GARBLED"],
		// Half of an answer of one character is none.
		["answers cut off half-way", { cutsOff: true }, /DEVICE_(GARBLED|UNREACHABLE)/],
		["the wrong parity", { hasWrongParity: true }, "DEVICE_GARBLED"],
		["two answers in one breath", { repeatsItself: true }, "DEVICE_GARBLED"],
		["silence", { isMute: true }, "DEVICE_UNREACHABLE"],
		["answers that come too late", { lateMs: settings.answerMs + 100 }, "DEVICE_UNREACHABLE"],
	];

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
			await witness.untilCondition(({ state }) => state === "online");
		});

		afterEach(async () => {
			await link.close();
			await watching;
			await scale.close();
		});

		test("an unplugged scale is missed, and found again when plugged in", async () => {
			await scale.unplug();
			const reason: DeviceError = await link.gone;
			expect(reason.code).toBe("DEVICE_UNREACHABLE");
			await watching;
			await link.close();
			await scale.replug();
			await connect();
			await witness.untilCondition(({ state }) => state === "online");
		});

		test("a reader of the wire gets words or a reason, whatever comes", () => {
			const odd = fc.constantFrom("constructor\r\n", "toString", "\x02constructor\x1b1\x03", "\x0210\x1b\x03", "T\r");
			const noise = fc.oneof(
				fc.uint8Array({ minLength: 1, maxLength: 80 }),
				odd.map((text) => Uint8Array.from(Buffer.from(text, "latin1"))),
			);
			fc.assert(
				fc.property(noise, fc.constantFrom("in" as const, "out" as const), (bytes, direction) => {
					for (const frame of driver.wire.frames(direction).push(bytes)) {
						try {
							const explained = driver.wire.explain(frame, direction);
							expect(JSON.parse(JSON.stringify(explained))).toEqual(explained);
						} catch (error) {
							if (!(error instanceof WireError)) throw error;
						}
					}
				}),
			);
		});

		if (weighsUnasked) {
			test("offers a still weight in exact grams", async () => {
				scale.set({ grams: 456 });
				await witness.untilWeight(weighs(456));
				scale.set({ grams: 14_999 });
				await witness.untilWeight(weighs(14_999));
				expect(witness.conditions.at(-1)).toMatchObject({ state: "online" });
			});

			test("an answer that comes byte by byte is the same answer", async () => {
				scale.misbehave({ dripMs: 2 });
				scale.set({ grams: 456 });
				await witness.untilWeight(weighs(456));
				expect(witness.conditions.filter(({ state }) => state !== "online")).toEqual([]);
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
				await link.gone;
				await watching;
				expect(witness.weights.at(-1)).toEqual({ state: "unknown" });
				await link.close();
				await scale.replug();
				await connect();
				await witness.untilWeight(weighs(456));
			});

			test.each(badAnswers)(
				"%s gives no weight, a named fault, and the weight again when it is over",
				async (...row) => {
					const [, misbehaviour, code] = row;
					scale.set({ grams: 456 });
					await witness.untilWeight(weighs(456));
					scale.misbehave(misbehaviour);
					await witness.untilWeight((weight) => weight.state === "unknown");
					const before = witness.weights.length;
					scale.set({ grams: 789 });
					const condition = await witness.untilCondition(({ state }) => state !== "online");
					expect(condition.fault?.code).toMatch(code);
					expect(witness.weights.slice(before).filter(isStable)).toEqual([]);
					scale.misbehave({});
					await witness.untilWeight(weighs(789));
					expect(witness.conditions.at(-1)).toMatchObject({ state: "online" });
					expect(witness.weights.slice(before).filter(weighs(456))).toEqual([]);
				},
			);

			test("the answer to another question is no weight", async () => {
				scale.set({ grams: 456 });
				await witness.untilWeight(weighs(456));
				scale.misbehave({ answersWrongly: true });
				await witness.untilWeight((weight) => weight.state === "unknown");
			});
		} else {
			test.each(badAnswers)("%s gives a named fault, and the scale is back when it is over", async (...row) => {
				const [, misbehaviour, code] = row;
				scale.misbehave(misbehaviour);
				const condition = await witness.untilCondition(({ state }) => state !== "online");
				expect(condition.fault?.code).toMatch(code);
				scale.misbehave({});
				await witness.untilCondition(({ state }) => state === "online");
				expect(witness.weights).toEqual([]);
			});

			test("weighs in exact grams at the price that was given, and the scale's own total stands", async () => {
				// To five cents: what a register would compute itself is 182.
				scale.set({ grams: 456, roundsToCents: 5 });
				const weight = { grams: 456, net: false, unitPrice: 399, total: 180 };
				expect(await perform({ action: "weigh", unitPrice: 399 })).toEqual({ status: "done", weight });
				scale.set({ grams: 14_999, roundsToCents: 1 });
				expect(await perform({ action: "weigh", unitPrice: 1 })).toMatchObject({
					weight: { grams: 14_999, unitPrice: 1, total: 15 },
				});
				expect(witness.weights).toEqual([]);
			});

			test("a tare that is given with the price makes the weight net", async () => {
				scale.set({ grams: 476 });
				expect(await perform({ action: "weigh", unitPrice: 399, tareGrams: 20 })).toEqual({
					status: "done",
					weight: { grams: 456, net: true, unitPrice: 399, total: 182, tareGrams: 20 },
				});
			});

			test("goods in motion are weighed once they are still, or not at all", async () => {
				scale.set({ grams: 333, isMoving: true });
				const weighing = perform({ action: "weigh", unitPrice: 399 });
				scale.set({ grams: 456, isMoving: false });
				expect(await weighing).toMatchObject({ status: "done", weight: { grams: 456 } });
				scale.set({ grams: 333, isMoving: true });
				expect(await perform({ action: "weigh", unitPrice: 399 })).toEqual({
					status: "failed",
					fault: { code: "SCALE_NOT_READY", detail: expect.stringContaining("motion") },
				});
			});

			test.each([
				["below zero", { grams: -20 }],
				["above capacity", { grams: 15_001 }],
			])("%s carries no grams", async (_, load) => {
				scale.set(load);
				const outcome = await perform({ action: "weigh", unitPrice: 399 });
				expect(outcome).toEqual({ status: "failed", fault: expect.objectContaining({ code: "SCALE_NOT_READY" }) });
			});
		}

		if (knows("zero")) {
			test("zeroes within its range only", async () => {
				scale.set({ grams: 12 });
				expect(await perform({ action: "zero" })).toEqual({ status: "done" });
				await witness.untilWeight(weighs(0));
				scale.set({ grams: 5000 });
				expect(await perform({ action: "zero" })).toMatchObject({
					status: "failed",
					fault: { code: "SCALE_NOT_READY" },
				});
			});

			test("the answer to another question does not say that it was zeroed", async () => {
				scale.misbehave({ answersWrongly: true });
				await expect(perform({ action: "zero" })).rejects.toMatchObject({ code: "DEVICE_GARBLED" });
			});
		}

		if (knows("tare")) {
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
				expect(await perform({ action: "tare" })).toMatchObject({
					status: "failed",
					fault: { code: "SCALE_NOT_READY" },
				});
			});
		}

		if (knows("self-test")) {
			test("a self-test passes, or names what failed", async () => {
				expect(await perform({ action: "self-test" })).toMatchObject({ status: "done" });
				scale.set({ testFailures: 0x10 });
				expect(await perform({ action: "self-test" })).toMatchObject({
					status: "failed",
					fault: { code: "SCALE_DEFECT" },
				});
			});
		}
	});
}

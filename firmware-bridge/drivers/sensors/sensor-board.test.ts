import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fault } from "../../fault.ts";
import { Witness } from "../witness.ts";
import type { Measured } from "./gauge.ts";
import { SensorBoard } from "./sensor-board.ts";
import type { SensorSettings } from "./shelf-settings.ts";

const weight: Measured = { id: "w", label: "Gewicht", kind: "weight", unit: "kg" };
const battery: Measured = { id: "b", label: "Batterij", kind: "battery", unit: "%" };
const shelf = { name: "links", sku: "4002", unitGrams: 100, lowPieces: 2 };
const settings: SensorSettings = { shelves: [shelf], deadBandGrams: 5 };

let witness: Witness;
let board: SensorBoard;
const open = (changes: Partial<SensorSettings> = {}, measured = [weight, battery]) => {
	witness = new Witness();
	board = new SensorBoard({ ...settings, ...changes }, witness);
	board.declare(measured);
};
const last = () => witness.readings.at(-1);
const condition = () => witness.conditions.at(-1);
const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

beforeEach(() => {
	vi.useFakeTimers();
	pass(1);
	open();
});
afterEach(() => {
	board.close();
	vi.useRealTimers();
});

test("a weight is told in whole grams and, to the nearest, in pieces", () => {
	open({ deadBandGrams: 1 });
	for (const [kilograms, grams, pieces] of [
		[0.74949, 749, 7],
		[0.751, 751, 8],
		[0.049, 49, 0],
		[-0.03, -30, 0],
	] as const) {
		board.take("w", kilograms);
		pass(1);
		const isLow = pieces <= 2;
		expect(last()).toEqual({ type: "shelf", shelf: "links", sku: "4002", quality: "good", grams, pieces, isLow });
		pass(60);
	}
	expect(condition()).toEqual({ state: "online" });
});

test("noise makes no message, a change does, and everything is repeated for who comes later", () => {
	board.take("w", 0.5);
	expect(witness.readings).toHaveLength(1);
	for (const kilograms of [0.504, 0.496, 0.501]) {
		pass(5);
		board.take("w", kilograms);
	}
	expect(witness.readings).toHaveLength(1);
	board.take("w", 0.505);
	expect(last()).toMatchObject({ grams: 505 });
	pass(61);
	expect(witness.readings).toHaveLength(3);
});

test("a flood is told twice a second, and the last value is not lost in it", () => {
	for (let step = 0; step < 1000; step++) {
		board.take("w", step / 10);
		pass(0.001);
	}
	expect(witness.readings.length).toBeLessThanOrEqual(4);
	pass(1);
	expect(last()).toMatchObject({ grams: 99_900 });
});

test("what flaps is told twice a second too, both the shelf and the sensor's state", () => {
	board.take("w", 1);
	for (let step = 0; step < 1000; step++) {
		board.setPresence(step % 2 === 0 ? "away" : "there");
		pass(0.001);
	}
	expect(witness.readings.length).toBeLessThanOrEqual(5);
	expect(witness.conditions.length).toBeLessThanOrEqual(5);
	pass(1);
	expect(last()).toMatchObject({ quality: "good", grams: 1000 });
	expect(condition()).toMatchObject({ state: "online" });
});

test("no value is an error, and never 0", () => {
	board.take("w", 0.5);
	pass(1);
	board.spoil("w", fault("SENSOR_VALUE_INVALID", "unavailable"));
	expect(last()).toEqual({ type: "shelf", shelf: "links", sku: "4002", quality: "error" });
	expect(condition()).toMatchObject({ state: "degraded", fault: { code: "SENSOR_VALUE_INVALID" } });
	pass(1);
	board.take("w", Number.NaN);
	expect(last()).toMatchObject({ quality: "error" });
	pass(1);
	board.take("w", 0.5);
	expect(last()).toMatchObject({ quality: "good", grams: 500 });
});

test("two unreadable messages leave the last value, the third does not", () => {
	board.take("w", 0.5);
	for (const quality of ["good", "good", "error"]) {
		pass(1);
		board.doubt("w", fault("SENSOR_VALUE_INVALID", "no JSON"));
		expect(last()).toMatchObject({ quality });
	}
	board.take("w", 0.5);
	pass(1);
	board.doubt("w", fault("SENSOR_VALUE_INVALID", "no JSON"));
	expect(last()).toMatchObject({ quality: "good" });
});

test("a value is stale after the sensor's own expiry, and good again with the next", () => {
	open({}, [{ ...weight, freshMs: 900_000 }]);
	board.take("w", 0.5);
	pass(899);
	expect(last()).toMatchObject({ quality: "good" });
	pass(1);
	expect(last()).toEqual({ type: "shelf", shelf: "links", sku: "4002", quality: "stale" });
	expect(condition()).toMatchObject({ state: "degraded", fault: { code: "SENSOR_STALE" } });
	board.take("w", 0.5);
	pass(1);
	expect(last()).toMatchObject({ quality: "good" });
	expect(condition()).toMatchObject({ state: "online" });
});

test("without an expiry a value is stale after three times the sensor's usual silence, and never too soon", () => {
	board.take("w", 0.5);
	pass(100_000);
	expect(last()).toMatchObject({ quality: "good" });
	for (let times = 0; times < 5; times++) {
		board.take("w", 0.5);
		pass(100);
	}
	pass(199);
	expect(last()).toMatchObject({ quality: "good" });
	pass(2);
	expect(last()).toMatchObject({ quality: "stale" });
	for (let times = 0; times < 20; times++) {
		board.take("w", 0.5);
		pass(1);
	}
	pass(50);
	expect(last()).toMatchObject({ quality: "good" });
	pass(10);
	expect(last()).toMatchObject({ quality: "stale" });
});

test("the setting staleSeconds goes before the sensor's own expiry", () => {
	open({ staleSeconds: 10 }, [{ ...weight, freshMs: 900_000 }]);
	board.take("w", 0.5);
	pass(11);
	expect(last()).toMatchObject({ quality: "stale" });
});

test("a sensor that says it is gone takes its weight back, and has it again when it returns", () => {
	board.take("w", 0.5);
	pass(1);
	board.setPresence("away");
	expect(last()).toMatchObject({ quality: "offline" });
	expect(last()).not.toHaveProperty("grams");
	expect(condition()).toMatchObject({ state: "offline", fault: { code: "SENSOR_OFFLINE" } });
	pass(1);
	board.setPresence("there");
	expect(last()).toMatchObject({ quality: "good", grams: 500 });
});

test("a sensor of which it is not known whether it is there says nothing yet", () => {
	board.setPresence("unknown");
	board.take("w", 0.5);
	expect([witness.readings, witness.conditions]).toEqual([[], []]);
	board.setPresence("there");
	expect(last()).toMatchObject({ quality: "good", grams: 500 });
});

test("a lost link leaves no weight behind", () => {
	board.take("w", 0.5);
	board.close();
	expect(last()).toMatchObject({ quality: "offline" });
	board.take("w", 0.7);
	pass(600);
	expect(witness.readings).toHaveLength(2);
});

test("battery and signal are measures, and stand in the sensor's state without their noise", () => {
	open({ shelves: [] }, [weight, battery, { id: "r", label: "Signaal", kind: "signal", unit: "dBm" }]);
	board.take("b", 87.4);
	board.take("r", -71);
	expect(witness.readings).toEqual([
		{ type: "measure", name: "Batterij", kind: "battery", value: 87.4, unit: "%" },
		{ type: "measure", name: "Signaal", kind: "signal", value: -71, unit: "dBm" },
	]);
	board.take("w", 1);
	pass(1);
	expect(condition()).toEqual({ state: "online", battery: 87, signal: { value: -71, unit: "dBm" } });
	const told = witness.conditions.length;
	for (const value of [-73, -69, -74]) {
		board.take("r", value);
		pass(1);
	}
	expect(witness.conditions).toHaveLength(told);
});

test("a weight that no shelf names is told by its own name", () => {
	open({ shelves: [] });
	board.take("w", 0.5);
	expect(last()).toEqual({ type: "shelf", shelf: "Gewicht", quality: "good", grams: 500 });
});

test("two shelves on one sensor each have their own weight", () => {
	open(
		{
			shelves: [
				{ name: "links", source: "a" },
				{ name: "rechts", source: "Tweede" },
			],
		},
		[
			{ ...weight, id: "a" },
			{ ...weight, id: "c", label: "Tweede", unit: "g" },
		],
	);
	board.take("a", 0.5);
	board.take("c", 30);
	expect(witness.readings).toMatchObject([
		{ shelf: "links", grams: 500 },
		{ shelf: "rechts", grams: 30 },
	]);
});

test("a shelf that belongs to nothing the sensor has is named, and so is a weight without a unit", () => {
	open({ shelves: [{ name: "links", source: "x" }] });
	board.take("w", 1);
	expect(condition()).toMatchObject({ state: "degraded", fault: { code: "SENSOR_SOURCE_UNKNOWN" } });
	expect(condition()?.fault?.detail).toBe("links: x is not there (there are: w, b)");
	open({}, [{ id: "v", label: "Spanning", kind: "other" }]);
	expect(condition()?.fault?.detail).toMatch(/the one weight is not there/);
	open({ shelves: [{ name: "links", source: "v" }] }, [{ id: "v", label: "Spanning", kind: "other" }]);
	expect(condition()?.fault?.detail).toMatch(/set unit/);
	open({ shelves: [{ name: "links", source: "v", unit: "g" }] }, [{ id: "v", label: "Spanning", kind: "other" }]);
	board.take("v", 12);
	expect(last()).toEqual({ type: "shelf", shelf: "links", quality: "good", grams: 12 });
});

test("a sensor that announces itself anew keeps the values it still has", () => {
	board.take("w", 0.5);
	board.declare([weight, battery], { model: "S1", firmware: "2" });
	pass(61);
	expect(last()).toMatchObject({ quality: "good", grams: 500 });
	expect(condition()).toEqual({ state: "online", model: "S1", firmware: "2" });
	board.declare([{ ...weight, unit: "g" }]);
	pass(600);
	board.take("w", 12);
	expect(last()).toMatchObject({ grams: 12 });
});

test("a weight that a sensor no longer announces is taken back", () => {
	board.take("w", 0.5);
	board.declare([battery]);
	expect(last()).toEqual({ type: "shelf", shelf: "links", sku: "4002", quality: "offline" });
});

test("a self-test names what it found, or what is wrong", () => {
	expect(board.selfTest()).toEqual({ status: "done", detail: "Gewicht: nothing yet, Batterij: nothing yet" });
	board.take("w", 0.5);
	expect(board.selfTest()).toEqual({ status: "done", detail: "Gewicht: 500 g, Batterij: nothing yet" });
	board.setTrouble({ state: "degraded", fault: fault("SENSOR_UNREADABLE", "x") });
	expect(board.selfTest()).toEqual({ status: "failed", fault: { code: "SENSOR_UNREADABLE", detail: "x" } });
});

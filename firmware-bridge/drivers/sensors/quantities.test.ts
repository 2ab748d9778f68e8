import fc from "fast-check";
import { expect, test } from "vitest";
import { deadBand, isWeightUnit, readNumber, toGrams, toMeasure } from "./quantities.ts";

test.each([
	"",
	" ",
	"unavailable",
	"unknown",
	"nan",
	"NaN",
	"inf",
	"Infinity",
	"-",
	"1,5",
	"0x10",
	"1e",
	"None",
	"1 kg",
	"--1",
])("%j is no number, and never 0", (text) => expect(readNumber(text)).toBeUndefined());

test.each([
	["0.456", 0.456],
	[" 12 ", 12],
	["-3.", -3],
	[".5", 0.5],
	["1e3", 1000],
])("%j is %d", (text, value) => expect(readNumber(text)).toBe(value));

test("every number that a sensor can write comes back, and any text gives a finite number or nothing", () => {
	fc.assert(
		fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), (value) => {
			expect(readNumber(String(value))).toBeCloseTo(value, 5);
		}),
	);
	fc.assert(
		fc.property(fc.string(), (text) => {
			const value = readNumber(text);
			expect(value === undefined || Number.isFinite(value)).toBe(true);
		}),
	);
});

test.each([
	[0.456, "kg", 456],
	[1.0005, "kg", 1001],
	[456.4, "g", 456],
	[1, "lb", 454],
	[2, "oz", 57],
	[-0.02, "kg", -20],
])("%d %s is %d g", (value, unit, grams) => expect(toGrams(value, unit)).toBe(grams));

test("what is no weight, or no shelf bears, gives no grams", () => {
	expect(toGrams(1, undefined)).toBeUndefined();
	expect(toGrams(1, "%")).toBeUndefined();
	expect(toGrams(1, "constructor")).toBeUndefined();
	expect(toGrams(Number.NaN, "g")).toBeUndefined();
	expect(toGrams(1001, "kg")).toBeUndefined();
	expect(isWeightUnit("toString")).toBe(false);
});

test.each([
	["temperature", 39.2, "°F", { value: 4, unit: "°C" }],
	["temperature", 277.15, "K", { value: 4, unit: "°C" }],
	["temperature", 4.0000001, "°C", { value: 4, unit: "°C" }],
	["signal", 255, "lqi", { value: 100, unit: "%" }],
	["signal", 51, "lqi", { value: 20, unit: "%" }],
	["signal", -71, undefined, { value: -71, unit: "dBm" }],
	["battery", 87, undefined, { value: 87, unit: "%" }],
	["other", 3.3, "V", { value: 3.3, unit: "V" }],
	["door", true, undefined, { value: true }],
] as const)("%s %s %s is told as one unit", (kind, value, unit, measure) =>
	expect(toMeasure(kind, value, unit)).toEqual(measure),
);

test("an endless number is no measure", () => {
	expect(toMeasure("other", Number.POSITIVE_INFINITY, "V")).toBeUndefined();
	expect(deadBand("other", -200)).toBe(2);
});

import type { Alert } from "@kassahub/contracts/alert.ts";
import type { StockLevel } from "@kassahub/contracts/stock-level.ts";
import { expect, test } from "vitest";
import { Alerts } from "../alerts.ts";
import { openClock } from "../clock.ts";
import { compare } from "./difference.ts";
import { type ShelfReading, ShelfWatch } from "./shelf-watch.ts";

const at = "2026-11-23T10:15:00.000+01:00";
const stock = (quantity: number, unit: StockLevel["unit"] = "pcs", sku = "4002"): StockLevel => ({
	sku,
	...(unit ? { unit } : {}),
	here: { quantity, at, number: 1 },
	elsewhere: [],
});
const good = (pieces: number, changes: Partial<ShelfReading> = {}): ShelfReading => ({
	type: "shelf",
	device: "schap-12",
	at,
	shelf: "links",
	sku: "4002",
	quality: "good",
	grams: pieces * 100,
	pieces,
	isLow: pieces <= 3,
	...changes,
});
const gone = (changes: Partial<ShelfReading> = {}): ShelfReading => ({
	type: "shelf",
	device: "schap-12",
	at,
	shelf: "links",
	sku: "4002",
	quality: "offline",
	...changes,
});

function openWatch(isWholeStock?: boolean) {
	let nowMs = 1000;
	const told: Alert[] = [];
	const alerts = new Alerts((_message, _levels, value) => told.push(value as Alert), openClock({ fixedMs: 0 }));
	const shelves = ["links", "rechts"].map((name) => ({
		name,
		...(isWholeStock === undefined ? {} : { isWholeStock }),
	}));
	const config = { devices: { "schap-12": { driver: "shelly", link: "mqtt://hub/x", settings: { shelves } } } };
	const watch = new ShelfWatch({ alerts, config, now: () => nowMs });
	const pass = (seconds: number) => {
		nowMs += seconds * 1000;
		watch.check();
	};
	return { watch, pass, told, codes: () => alerts.list().map(({ code, subject }) => `${code} ${subject}`) };
}
const LOW = "SHELF_LOW shelf:schap-12/links";
const DISAGREES = "SHELF_DISAGREES stock:4002";

test("a shelf that stays low is an alert, with how much is left, until it is filled", () => {
	const { watch, pass, codes, told } = openWatch();
	watch.heard(good(3));
	pass(29);
	expect(codes()).toEqual([]);
	pass(1);
	expect(codes()).toEqual([LOW]);
	expect(told[0]).toMatchObject({ detail: "links: about 3 left of 4002", severity: "info", state: "raised" });
	watch.heard(good(2));
	expect(told).toHaveLength(1);
	watch.heard(good(9));
	expect(codes()).toEqual([]);
});

test("a hand in the shelf is no shortage", () => {
	const { watch, pass, codes } = openWatch();
	for (let times = 0; times < 10; times++) {
		watch.heard(good(2));
		pass(20);
		watch.heard(good(8));
		pass(20);
	}
	expect(codes()).toEqual([]);
});

test("a sensor that no longer knows raises nothing and takes nothing back", () => {
	const { watch, pass, codes } = openWatch();
	watch.stocked([stock(2000)]);
	watch.heard(gone());
	pass(3600);
	expect(codes()).toEqual([]);
	watch.heard(good(3));
	pass(3600);
	expect(codes()).toEqual([LOW]);
	watch.heard(gone());
	pass(3600);
	expect(codes()).toEqual([LOW]);
});

test("more on the shelf than in the books is an alert once it has lasted, and is over when it is booked", () => {
	const { watch, pass, codes, told } = openWatch();
	watch.stocked([stock(5000)]);
	watch.heard(good(9));
	pass(14 * 60);
	expect(codes()).toEqual([]);
	pass(60);
	expect(codes()).toEqual([DISAGREES]);
	expect(told[0]).toMatchObject({ detail: "4002: the books have 5 pcs, the shelves more", severity: "warning" });
	watch.stocked([stock(9000)]);
	expect(codes()).toEqual([]);
	watch.stocked([stock(5000)]);
	pass(14 * 60);
	expect(codes()).toEqual([]);
});

test("less on the shelf than in the books says nothing, unless all of it lies there", () => {
	const partly = openWatch();
	partly.watch.stocked([stock(20_000)]);
	partly.watch.heard(good(9));
	partly.pass(3600);
	expect(partly.codes()).toEqual([]);
	const wholly = openWatch(true);
	wholly.watch.stocked([stock(20_000)]);
	wholly.watch.heard(good(9));
	wholly.pass(1);
	wholly.pass(3600);
	expect(wholly.codes()).toEqual([DISAGREES]);
});

test("shelves of one product are added up, and what is missing of them is not taken for nothing", () => {
	const { watch, pass, codes } = openWatch(true);
	watch.stocked([stock(12_000)]);
	watch.heard(good(6));
	watch.heard(good(6, { shelf: "rechts" }));
	pass(3600);
	expect(codes()).toEqual([]);
	watch.heard(gone({ shelf: "rechts" }));
	pass(3600);
	expect(codes()).toEqual([]);
	watch.heard(good(20));
	pass(1);
	pass(3600);
	expect(codes()).toEqual([DISAGREES]);
});

test("a shelf that holds another product, and a device that is no more, leave no alert behind", () => {
	const { watch, pass, codes } = openWatch();
	watch.stocked([stock(0), stock(9000, "pcs", "4003")]);
	watch.heard(good(2));
	pass(1);
	pass(3600);
	expect(codes()).toEqual([LOW, DISAGREES]);
	watch.heard(good(9, { sku: "4003" }));
	expect(codes()).toEqual([]);
	watch.heard(good(2));
	pass(1);
	pass(3600);
	watch.forget("schap-12");
	expect(codes()).toEqual([]);
	expect(watch.list()).toEqual([]);
});

test("every shelf is listed with its last reading and what the books say", () => {
	const { watch } = openWatch();
	watch.stocked([stock(5000)]);
	watch.heard(good(9, { shelf: "rechts" }));
	watch.heard({ type: "shelf", device: "schap-11", at, grams: 12 });
	watch.heard(gone());
	expect(watch.list()).toEqual([
		{ device: "schap-11", shelf: "schap-11", quality: "good", grams: 12, at },
		{
			device: "schap-12",
			shelf: "links",
			sku: "4002",
			quality: "offline",
			at,
			books: { quantity: 5000, unit: "pcs" },
			differs: "more",
		},
		{
			device: "schap-12",
			shelf: "rechts",
			sku: "4002",
			quality: "good",
			grams: 900,
			pieces: 9,
			isLow: false,
			at,
			books: { quantity: 5000, unit: "pcs" },
			differs: "more",
		},
	]);
});

test("a sensor that invents shelves without end is not kept without end", () => {
	const { watch } = openWatch();
	for (let index = 0; index < 6000; index++) watch.heard(good(1, { shelf: `schap-${index}` }));
	expect(watch.list()).toHaveLength(5000);
});

test.each([
	["kg", 1250, [{ grams: 1300, pieces: undefined }], "same"],
	["kg", 1250, [{ grams: 1400, pieces: undefined }], "more"],
	["kg", 1250, [{ grams: 1000, pieces: undefined }], "less"],
	["pcs", 5000, [{ grams: 600, pieces: 6 }], "same"],
	["pcs", 5000, [{ grams: 700, pieces: 7 }], "more"],
	["pcs", 100_000, [{ grams: 1, pieces: 109 }], "same"],
	["pcs", 100_000, [{ grams: 1, pieces: 112 }], "more"],
	["pcs", -2000, [{ grams: 0, pieces: 0 }], "more"],
	["pcs", 5000, [{ grams: 600, pieces: undefined }], undefined],
	["l", 5000, [{ grams: 600, pieces: 6 }], undefined],
	["m", 5000, [{ grams: 600, pieces: 6 }], undefined],
	["pcs", 5000, [], undefined],
] as const)("%s: %d in the books and %j on the shelves is %s", (unit, quantity, contents, found) => {
	expect(compare(stock(quantity, unit), contents)).toBe(found);
});

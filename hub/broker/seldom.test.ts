import { expect, test } from "vitest";
import { Seldom } from "./seldom.ts";

test("what somebody does over and over is said at once, then once a minute with how often it was", () => {
	let nowMs = 0;
	const seldom = new Seldom(() => nowMs);
	expect(seldom.times("schappen", "too long")).toBe(1);
	for (let times = 0; times < 500; times++) expect(seldom.times("schappen", "too long")).toBeUndefined();
	expect(seldom.times("koeling", "too long")).toBe(1);
	expect(seldom.times("schappen", "retains too much")).toBe(1);
	nowMs = 60_000;
	expect(seldom.times("schappen", "too long")).toBe(501);
});

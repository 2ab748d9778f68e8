import { Timestamp } from "@kassahub/contracts/fields.ts";
import { Compile } from "typebox/compile";
import { afterEach, expect, test } from "vitest";
import { localTime, openClock } from "./clock.ts";

const isTimestamp = Compile(Timestamp);
const zone = process.env.TZ;
afterEach(() => {
	if (zone === undefined) delete process.env.TZ;
	else process.env.TZ = zone;
});

test("local time carries the offset of its season", () => {
	process.env.TZ = "Europe/Amsterdam";
	expect(localTime(Date.UTC(2026, 10, 23, 9, 15))).toBe("2026-11-23T10:15:00.000+01:00");
	expect(localTime(Date.UTC(2026, 6, 1, 9, 15, 0, 7))).toBe("2026-07-01T11:15:00.007+02:00");
	process.env.TZ = "America/St_Johns";
	expect(localTime(Date.UTC(2026, 10, 23, 9, 15))).toBe("2026-11-23T05:45:00.000-03:30");
});

test("an injected clock stands still, or runs ahead, and says what quality it was given", () => {
	const still = openClock({ fixedMs: 1_000_000, quality: "synchronised" });
	expect(still.epochMs()).toBe(1_000_000);
	expect(still.now()).toEqual({ at: localTime(1_000_000), quality: "synchronised" });
	const month = 30 * 86_400_000;
	expect(openClock({ offsetMs: month }).epochMs()).toBeGreaterThanOrEqual(Date.now() + month - 1000);
});

test("the system's clock writes what the contract calls a timestamp", () => {
	const { at, quality } = openClock().now();
	expect(isTimestamp.Check(at)).toBe(true);
	expect(["synchronised", "unsynchronised"]).toContain(quality);
});

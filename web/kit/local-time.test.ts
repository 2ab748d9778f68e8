import { expect, test } from "vitest";
import { localDay, localTimestamp } from "./local-time.ts";

test("a local timestamp names the same instant, to the millisecond", () => {
	const date = new Date("2026-03-29T01:30:05.007Z");
	expect(Date.parse(localTimestamp(date))).toBe(date.getTime());
	expect(localTimestamp(date)).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}[+-]\d{2}:\d{2}$/);
});

test("a local timestamp starts with the local day", () => {
	const date = new Date(2026, 0, 5, 0, 0, 1);
	expect(localTimestamp(date).slice(0, 10)).toBe("2026-01-05");
	expect(localDay(date)).toBe("2026-01-05");
});

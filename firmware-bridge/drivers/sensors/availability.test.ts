import { expect, test } from "vitest";
import { Attendance } from "./availability.ts";
import type { Availability } from "./home-assistant-config.ts";
import { readTemplate } from "./template.ts";

const place = (topic: string) => ({ topic, available: "online", notAvailable: "offline", template: undefined });
const attendance = (mode: Availability["mode"], ...said: [topic: string, payload: string][]) => {
	const one = new Attendance({ mode, topics: [place("a"), place("b")] });
	for (const [topic, payload] of said) one.hear(topic, payload);
	return [one.isThere, one.isKnown];
};
const [on, off] = ["online", "offline"];

test("without any topic to say so, a sensor is there", () => {
	const one = new Attendance({ mode: "all", topics: [] });
	expect([one.isThere, one.isKnown]).toEqual([true, true]);
});

test.each<[Availability["mode"], [string, string][], isThere: boolean, isKnown: boolean]>([
	["latest", [], false, false],
	["latest", [["a", on]], true, true],
	[
		"latest",
		[
			["a", on],
			["b", off],
		],
		false,
		true,
	],
	[
		"latest",
		[
			["a", off],
			["b", on],
		],
		true,
		true,
	],
	["all", [], false, false],
	["all", [["a", on]], false, false],
	["all", [["a", off]], false, true],
	[
		"all",
		[
			["a", on],
			["b", on],
		],
		true,
		true,
	],
	[
		"all",
		[
			["a", on],
			["b", on],
			["a", off],
		],
		false,
		true,
	],
	["any", [["a", off]], false, false],
	["any", [["a", on]], true, true],
	[
		"any",
		[
			["a", off],
			["b", off],
		],
		false,
		true,
	],
])("%s of %j", (mode, said, isThere, isKnown) => {
	expect(attendance(mode, ...said)).toEqual([isThere, isKnown]);
});

test("other words than the two agreed on say nothing", () => {
	expect(attendance("latest", ["a", on], ["a", "misschien"], ["c", off])).toEqual([true, true]);
});

test("a template finds the word in JSON, and broken JSON says nothing", () => {
	const template = readTemplate("{{ value_json.state }}");
	const one = new Attendance({ mode: "latest", topics: [{ ...place("a"), template }] });
	one.hear("a", '{"state":"online"}');
	one.hear("a", "{");
	expect(one.isThere).toBe(true);
	one.hear("a", '{"state":"offline"}');
	expect(one.isThere).toBe(false);
});

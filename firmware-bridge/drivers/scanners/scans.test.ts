import { expect, test } from "vitest";
import { Witness } from "../witness.ts";
import { Scans } from "./scans.ts";

const settings = { duplicateMs: 300, rules: ["21IIIIIWWWWWC"] };

test("the same code within the time set is one scan, also when it goes on and on; another code is another", () => {
	const witness = new Witness();
	let nowMs = 0;
	const scans = new Scans(witness, settings, () => nowMs);
	const at = (ms: number, code: string): void => {
		nowMs = ms;
		scans.tell(code);
	};
	at(0, "8712345000011");
	at(250, "8712345000011");
	at(500, "8712345000011");
	at(550, "5449000000996");
	at(600, "8712345000011");
	at(900, "8712345000011");
	expect(witness.readings.map((reading) => reading.type === "scan" && reading.text)).toEqual([
		"8712345000011",
		"5449000000996",
		"8712345000011",
		"8712345000011",
	]);
});

test("a scanner whose codes keep coming in part is ill, and well again with the first whole one", () => {
	const witness = new Witness();
	const scans = new Scans(witness, settings);
	for (let time = 0; time < 3; time++) scans.tellSpoiled("871234", "no suffix");
	expect(witness.readings.at(-1)).toEqual({ type: "scan", text: "871234", fault: "SCAN_INCOMPLETE" });
	expect(witness.conditions.at(-1)).toEqual({
		state: "degraded",
		fault: { code: "SCAN_INCOMPLETE", detail: "no suffix" },
	});
	scans.tell("8712345000011");
	expect(witness.conditions.at(-1)).toEqual({ state: "online" });
});

test("the shop's own rules read its labels", () => {
	const witness = new Witness();
	new Scans(witness, settings).tell("]E02112345004563");
	expect(witness.readings).toEqual([
		{ type: "scan", text: "2112345004563", symbology: "ean-13", item: "12345", grams: 456 },
	]);
});

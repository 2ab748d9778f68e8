import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startScale } from "../../emulators/scale-on-cable.ts";
import { connect } from "../connected.testing.ts";
import { cas } from "./cas.ts";
import { conformScale } from "./scales.conformance.ts";

const settings = { pollMs: 50, answerMs: 300 };
const start = () => startScale({ path: join(mkdtempSync(join(tmpdir(), "scale-")), "port"), kind: "cas" });

conformScale(cas, settings, start);

test("an enquiry that is refused is repeated, and a scale that goes on refusing offers no weight", async () => {
	const scale = await start();
	scale.set({ grams: 456, refusals: 3 });
	const { link, witness, watching } = await connect(cas, `serial://${scale.path}`, settings);
	await witness.untilWeight((weight) => weight.state === "stable" && weight.grams === 456);
	expect(witness.weights).toEqual([{ state: "stable", grams: 456, net: false }]);
	scale.set({ refusals: 1000 });
	await witness.untilWeight((weight) => weight.state === "unknown");
	expect(witness.conditions.at(-1)).toEqual({ state: "online" });
	scale.set({ refusals: 0 });
	await witness.untilWeight((weight) => weight.state === "stable");
	await link.close();
	await watching;
	await scale.close();
});

test("a frame whose check character is wrong gives no weight", async () => {
	const scale = await start();
	scale.set({ grams: 456, hasWrongBcc: true });
	const { link, witness, watching } = await connect(cas, `serial://${scale.path}`, settings);
	const { fault } = await witness.untilCondition(({ state }) => state === "degraded");
	expect(fault).toMatchObject({ code: "DEVICE_GARBLED", detail: expect.stringContaining("check character") });
	expect(witness.weights.filter(({ state }) => state === "stable")).toEqual([]);
	await link.close();
	await watching;
	await scale.close();
});

test("a scale that is set to pounds is named as such", async () => {
	const scale = await start();
	scale.set({ grams: 456, unit: "lb" });
	const { link, witness, watching } = await connect(cas, `serial://${scale.path}`, settings);
	const { fault } = await witness.untilCondition(({ state }) => state === "degraded");
	expect(fault).toMatchObject({ code: "SCALE_UNIT" });
	await link.close();
	await watching;
	await scale.close();
});

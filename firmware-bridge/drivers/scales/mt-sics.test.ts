import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { afterEach, expect, test } from "vitest";
import type { MtSicsCondition } from "../../emulators/mt-sics.ts";
import { type ScaleOnCable, startScale } from "../../emulators/scale-on-cable.ts";
import { type Connected, connect } from "../connected.testing.ts";
import type { Outcome } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";
import { mtSics } from "./mt-sics.ts";
import { conformScale } from "./scales.conformance.ts";

const settings = { pollMs: 50, answerMs: 300, stillMs: 20_000 };
const start = () => startScale({ path: join(mkdtempSync(join(tmpdir(), "scale-")), "port"), kind: "mt-sics" });

conformScale(mtSics, settings, start);

let scale: ScaleOnCable<"mt-sics">;
let connected: Connected<"bytes"> | undefined;

async function weighOn(condition: Partial<MtSicsCondition>): Promise<Connected<"bytes">> {
	scale = await start();
	scale.set(condition);
	connected = await connect(mtSics, `serial://${scale.path}`, settings);
	return connected;
}

afterEach(async () => {
	if (!connected) return;
	await connected.link.close();
	await connected.watching;
	await scale.close();
	connected = undefined;
});

const tare = ({ session }: Connected<"bytes">, grams?: number): Promise<Outcome> =>
	session.perform(
		{ id: uuidv7(), at: new Date().toISOString(), action: "tare", ...(grams === undefined ? {} : { grams }) },
		jobOnPaper(),
	);

test("says which scale it is", async () => {
	const { witness } = await weighOn({ grams: 456 });
	expect(await witness.untilCondition(({ serialNumber }) => serialNumber !== undefined)).toEqual({
		state: "online",
		serialNumber: "B021002593",
		model: "Kassa Standard 15.000 kg",
		firmware: "1.20 18.6.1.1361.772",
	});
});

test("weighs in grams as it does in kilograms", async () => {
	const { witness } = await weighOn({ grams: 456, unit: "g", decimals: 0 });
	await witness.untilWeight((weight) => weight.state === "stable" && weight.grams === 456);
});

test.each<[string, Partial<MtSicsCondition>]>([
	["tenths of grams, even where they are none", { unit: "kg", decimals: 4 }],
	["pounds", { unit: "lb" }],
])("%s are refused and never rounded", async (_, condition) => {
	const { witness } = await weighOn({ grams: 456, ...condition });
	const { fault } = await witness.untilCondition(({ state }) => state === "degraded");
	expect(fault).toMatchObject({ code: "SCALE_UNIT" });
	expect(witness.weights.filter(({ state }) => state === "stable")).toEqual([]);
});

test("a scale without tare commands weighs, and says that it cannot tare", async () => {
	const connection = await weighOn({ grams: 456, hasTare: false });
	await connection.witness.untilWeight((weight) => weight.state === "stable" && weight.grams === 456);
	expect(await tare(connection)).toEqual({
		status: "failed",
		fault: { code: "SCALE_NOT_READY", detail: "the scale does not take this command (ES)" },
	});
});

test("a tare that the scale rounds to its own steps is taken off again, and not claimed", async () => {
	const connection = await weighOn({ grams: 456, tareStepGrams: 5 });
	expect(await tare(connection, 12)).toMatchObject({ status: "failed", fault: { code: "SCALE_NOT_READY" } });
	expect(scale.condition.tareGrams).toBe(0);
	expect(await tare(connection, 15)).toEqual({ status: "done" });
	await connection.witness.untilWeight((weight) => weight.state === "stable" && weight.grams === 441 && weight.net);
});

test("a weight is not offered for as long as the scale waits for the plate to be still", async () => {
	const connection = await weighOn({ grams: 456, stillMsMax: 60_000 });
	await connection.witness.untilWeight((weight) => weight.state === "stable");
	scale.set({ isMoving: true });
	const taring = tare(connection);
	await connection.witness.untilWeight((weight) => weight.state === "unknown");
	scale.set({ isMoving: false });
	expect(await taring).toEqual({ status: "done" });
	await connection.witness.untilWeight((weight) => weight.state === "stable" && weight.grams === 0 && weight.net);
});

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";
import { startScale } from "../../emulators/scale-on-cable.ts";
import { connect } from "../connected.testing.ts";
import { jobOnPaper } from "../witness.ts";
import { conformScale } from "./scales.conformance.ts";
import { toledo8217 } from "./toledo8217.ts";

const settings = { pollMs: 50, answerMs: 300 };
const start = () => startScale({ path: join(mkdtempSync(join(tmpdir(), "scale-")), "port"), kind: "toledo8217" });

conformScale(toledo8217, settings, start);

test("a copy that always sets bit 5 weighs and reports motion like the real one", async () => {
	const scale = await start();
	scale.set({ cloneBit5: true, isMoving: true, grams: 456 });
	const { link, witness, watching } = await connect(toledo8217, `serial://${scale.path}`, settings);
	await witness.untilWeight((weight) => weight.state === "moving");
	scale.set({ isMoving: false });
	await witness.untilWeight((weight) => weight.state === "stable" && weight.grams === 456 && !weight.net);
	await link.close();
	await watching;
	await scale.close();
});

test("a scale whose tare is switched off says nothing, and the result does not claim otherwise", async () => {
	const scale = await start();
	scale.set({ tareIsOff: true, grams: 120 });
	const { link, session } = await connect(toledo8217, `serial://${scale.path}`, settings);
	const command = { id: uuidv7(), at: new Date().toISOString(), action: "tare" as const };
	const outcome = await session.perform(command, jobOnPaper());
	expect(outcome).toMatchObject({ status: "unknown", fault: { code: "DEVICE_UNREACHABLE" } });
	await link.close();
	await scale.close();
});

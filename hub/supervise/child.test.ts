import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pino from "pino";
import { expect, test } from "vitest";
import { Child } from "./child.ts";

const log = pino({ enabled: false });

/** A part that notes each of its starts and then does as the code says. */
function part(code: string, silentMsMax: number): { child: Child; starts(): number } {
	const folder = mkdtempSync(join(tmpdir(), "child-"));
	const [script, notes] = [join(folder, "part.mjs"), join(folder, "starts")];
	writeFileSync(notes, "");
	writeFileSync(
		script,
		`import { appendFileSync } from "node:fs"; appendFileSync(${JSON.stringify(notes)}, "x"); ${code}`,
	);
	const child = new Child({ name: "part", script, environment: {}, silentMsMax }, log);
	return { child, starts: () => readFileSync(notes, "utf8").length };
}

const until = async (isSo: () => boolean): Promise<void> => {
	while (!isSo()) await wait(20);
};

test("a part whose event loop stands still is ended and started again", async () => {
	const { child, starts } = part(`process.send("alive", () => { for (;;); });`, 300);
	child.start();
	await until(() => starts() >= 2);
	expect(child.status.restarts).toBeGreaterThanOrEqual(1);
	await child.stop();
});

test("a part that says it is alive is left alone, and so is one that never says so", async () => {
	const speaking = part(`setInterval(() => process.send("alive"), 50);`, 400);
	const mute = part("setInterval(() => undefined, 1000);", 400);
	const hanging = part(`process.send("alive", () => { for (;;); });`, 400);
	for (const { child } of [speaking, mute, hanging]) child.start();
	await until(() => hanging.starts() >= 2);
	expect([speaking.starts(), mute.starts()]).toEqual([1, 1]);
	for (const { child } of [speaking, mute, hanging]) await child.stop();
});

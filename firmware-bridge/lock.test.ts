import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import { lockRecords } from "./lock.ts";

const silent = pino({ level: "silent" });
const newFolder = (): string => mkdtempSync(join(tmpdir(), "kassahub-lock-"));

test("a second bridge waits until the first has ended", async () => {
	const folder = newFolder();
	const first = await lockRecords(folder, silent);
	let isIn = false;
	const second = lockRecords(folder, silent).then((lock) => {
		isIn = true;
		return lock;
	});
	const others = await Promise.all([newFolder(), newFolder()].map((other) => lockRecords(other, silent)));
	expect(isIn).toBe(false);
	first[Symbol.dispose]();
	(await second)[Symbol.dispose]();
	for (const other of others) other[Symbol.dispose]();
});

test("a bridge that was killed keeps nobody out", async () => {
	const folder = newFolder();
	const script = `
		import { lockRecords } from ${JSON.stringify(join(import.meta.dirname, "lock.ts"))};
		await lockRecords(process.argv[1], { warn() {} });
		process.stdout.write("locked");
		setInterval(() => undefined, 1000);`;
	const other = spawn(process.execPath, ["--input-type=module", "-e", script, folder]);
	await once(other.stdout, "data");
	const lock = lockRecords(folder, silent);
	other.kill("SIGKILL");
	(await lock)[Symbol.dispose]();
});

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "./processes.ts";

let folder: string;
let demo: ChildProcess;
let words: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "kassahub-demo-"));
	words = "";
});

afterEach(async () => {
	if (demo.exitCode === null && demo.signalCode === null) {
		demo.kill("SIGTERM");
		await once(demo, "close");
	}
	rmSync(folder, { recursive: true, force: true });
});

async function start(...options: string[]): Promise<void> {
	demo = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...options], {
		stdio: ["ignore", "ignore", "pipe"],
		env: {
			...process.env,
			KASSAHUB_DATA: join(folder, "demo"),
			KASSAHUB_HTTP_PORT: String(await freePort()),
			KASSAHUB_MQTT_PORT: String(await freePort()),
			KASSAHUB_OFFICE_PORT: String(await freePort()),
		},
	});
	demo.stderr?.on("data", (chunk: Buffer) => {
		words += chunk;
	});
}

async function heard(pattern: RegExp): Promise<void> {
	while (!pattern.test(words)) {
		if (!demo.stderr) throw new Error("the demo says nothing");
		await Promise.race([
			once(demo.stderr, "data"),
			once(demo, "close").then(() => Promise.reject(new Error(`the demo ended:\n${words}`))),
		]);
	}
}

test("a whole day is played, and shop and back office end with the same to the cent", {
	timeout: 180_000,
}, async () => {
	await start("--once", "--speed", "5000", "--seed", "1", "--day", "monday", "--registers", "2");
	const [code] = await once(demo, "close");
	expect(words).toMatch(/[1-9]\d+ sales and [1-9]\d* refunds for € \d{4,}\.\d\d, [1-9]\d* receipts printed/);
	expect(words).toContain("have the same to the cent");
	expect(code).toBe(0);
	expect(readdirSync(join(folder, "demo/receipts")).filter((name) => name.endsWith(".svg"))).not.toEqual([]);
});

test("Ctrl-C stops the demo and all that it started", { timeout: 120_000 }, async () => {
	await start("--speed", "60");
	await heard(/[1-9]\d* sales/);
	const runFile = join(folder, "demo/hub/run.json");
	const { pid } = JSON.parse(readFileSync(runFile, "utf8")) as { pid: number };
	demo.kill("SIGINT");
	const [code] = await once(demo, "close");
	expect(code).toBe(0);
	expect(words).toContain("Stopped.");
	expect(() => process.kill(pid, 0)).toThrow("ESRCH");
	expect(existsSync(runFile)).toBe(false);
});

test("a folder that no demo made is left alone", async () => {
	const precious = join(folder, "demo/precious.txt");
	mkdirSync(join(folder, "demo"));
	writeFileSync(precious, "books of a real shop");
	await start("--once");
	const [code] = await once(demo, "close");
	expect(code).toBe(1);
	expect(words).toContain("holds data that no demo made");
	expect(readFileSync(precious, "utf8")).toBe("books of a real shop");
});

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RawRegister } from "../raw-register.ts";
import { saleNow } from "../sales.ts";
import { nowhere, Shop } from "../shop.ts";

let shop: Shop;
beforeAll(async () => {
	shop = await Shop.create({ cloud: await nowhere() });
	const { mqttUrl } = await shop.start();
	const register = await RawRegister.connect(mqttUrl, await shop.pair("register", "kassa-1"));
	for (let count = 0; count < 50; count++) expect(await register.sell(saleNow("kassa-1"))).toBe(true);
	register.close();
	await shop.stop();
});
afterAll(() => shop[Symbol.asyncDispose]());

/** Starts a hub that cannot open its data: what it says last, and how it ends. */
const failToStart = () => {
	const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "../../hub/main.ts")], {
		env: { ...process.env, ...shop.environment },
		encoding: "utf8",
	});
	return { status, words: stderr.trim() };
};

test.each([
	["its first bytes are gone", 0],
	["its tables are gone", 100],
])("a damaged journal (%s) is named with the way to restore it, and left as it is", (_, at) => {
	const file = join(shop.dataDir, "journal.db");
	const sound = readFileSync(file);
	const damaged = Buffer.from(sound).fill(0x5a, at, at + 100);
	writeFileSync(file, damaged);
	try {
		const { status, words } = failToStart();
		expect(status).toBe(1);
		expect(words).toMatch(/damaged.*Nothing was changed.*kassahub -- restore <file>/s);
		expect(words).not.toMatch(/^\s+at /m);
		expect(readFileSync(file).equals(damaged)).toBe(true);
		expect(existsSync(join(shop.dataDir, "run.json"))).toBe(false);
	} finally {
		writeFileSync(file, sound);
	}
});

test("a data folder on a disk that turned read-only is named with what to do", () => {
	execFileSync("mount", ["--bind", shop.dataDir, shop.dataDir]);
	try {
		execFileSync("mount", ["-o", "remount,ro,bind", shop.dataDir]);
		const { status, words } = failToStart();
		expect(status).toBe(1);
		expect(words).toMatch(/cannot be written.*read-only.*restore <file>.*KASSAHUB_DATA/s);
		expect(words).not.toMatch(/^\s+at /m);
	} finally {
		execFileSync("umount", ["-l", shop.dataDir]);
	}
});

test("once the disk and the file are sound again the hub goes on where it was", async () => {
	await shop.start();
	await shop.cli("journal", "verify");
	const entries = (await shop.cli("journal", "export")).trim().split("\n");
	expect(entries.filter((line) => JSON.parse(line).kind === "sale")).toHaveLength(50);
	await shop.stop();
});

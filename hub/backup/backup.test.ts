import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
	appendFileSync,
	chownSync,
	closeSync,
	cpSync,
	existsSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	statSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { expect, test, vi } from "vitest";
import { saleFrom, submitSale, temporaryDir } from "../books/fixture.ts";
import { Ledger } from "../books/ledger.ts";
import { openClock } from "../clock.ts";
import { archivesIn } from "../journal/archive.ts";
import { verifyJournal } from "../journal/verify.ts";
import { BackupFailed } from "./faults.ts";
import { makeBackup } from "./make.ts";
import { restoreBackup } from "./restore.ts";

const PASSPHRASE = "een lange zin die niemand raadt";
const AT = "2026-11-23T22:00:00.000+01:00";
const TOMORROW = Date.parse("2026-11-24T08:00:00+01:00");
const clock = openClock({ fixedMs: TOMORROW, quality: "synchronised" });
const SALES = 20;

/** A box with some sales behind it: its data folder, its devices.yaml, and a secret that names. */
function box(dir: string) {
	const dataDir = join(dir, "data");
	const configFile = join(dir, "config/devices.yaml");
	for (const folder of ["data/tls", "data/bridge/printers", "config", "stick"])
		mkdirSync(join(dir, folder), { recursive: true });
	const elsewhere = join(dir, "secret-elsewhere");
	writeFileSync(elsewhere, "s3cret");
	writeFileSync(join(dir, "config/cloud.password"), "geheim");
	writeFileSync(
		configFile,
		`shop: { id: vijzel, name: De Vijzel }\ncloud: { url: "mqtts://o", passwordFile: cloud.password }\ndevices: { s: { driver: dialog06, link: "tcp://a:1", settings: { secretFile: ${elsewhere} } } }\n`,
	);
	writeFileSync(join(dataDir, "tls/authority.key"), "key");
	writeFileSync(join(dataDir, "pairings.json"), "{}");
	writeFileSync(join(dataDir, "bridge/printers/bon.json"), '{"orders":[]}');
	writeFileSync(join(dataDir, "sessions.db"), "not in it");
	const ledger = new Ledger(dataDir, openClock());
	const sales = Array.from({ length: SALES }, () => saleFrom("kassa-1"));
	ledger.book(sales.map(submitSale));
	const plan = {
		dataDir,
		configFile,
		shop: "vijzel",
		at: AT,
		to: join(dir, "stick/a.age"),
		lock: { passphrase: PASSPHRASE },
	};
	return { dataDir, configFile, ledger, sales, plan, elsewhere };
}

const target = (dir: string) => {
	const dataDir = join(dir, "new/data");
	mkdirSync(dataDir, { recursive: true });
	return {
		dataDir,
		configFile: join(dir, "new/devices.yaml"),
		unlock: { passphrase: PASSPHRASE },
		replaces: false,
		clock,
	};
};

test("a backup made beside an open journal puts the whole box back, which goes on under new numbers", async () => {
	using dir = temporaryDir();
	const { ledger, plan, sales, elsewhere } = box(dir.path);
	const made = await makeBackup(plan);
	expect(made).toEqual({ bytes: statSync(plan.to).size, journal: SALES });
	ledger.book([submitSale(saleFrom("kassa-1"))]);
	ledger.close();
	const place = target(dir.path);
	const restored = await restoreBackup({ file: plan.to, ...place });
	expect(restored).toMatchObject({
		at: AT,
		shop: "vijzel",
		journal: { last: SALES, next: { number: TOMORROW } },
		aside: [],
	});
	expect(restored.elsewhere).toEqual([{ kept: join(place.dataDir, "restored-secrets/1"), was: elsewhere }]);
	expect(readFileSync(restored.elsewhere[0]?.kept ?? "", "utf8")).toBe("s3cret");
	expect(readFileSync(join(place.dataDir, "tls/authority.key"), "utf8")).toBe("key");
	expect(readFileSync(join(place.dataDir, "bridge/printers/bon.json"), "utf8")).toBe('{"orders":[]}');
	expect(readFileSync(join(dir.path, "new/cloud.password"), "utf8")).toBe("geheim");
	expect(readFileSync(place.configFile, "utf8")).toContain("De Vijzel");
	expect(readdirSync(place.dataDir).sort()).toEqual(
		["bridge", "journal.db", "journal.key", "pairings.json", "restored-secrets", "tls"].sort(),
	);
	expect(statSync(join(place.dataDir, "journal.key")).mode & 0o777).toBe(0o600);
	expect(verifyJournal(join(place.dataDir, "journal.db"))).toMatchObject({
		entries: SALES + 1,
		sealedTo: TOMORROW,
		faults: [],
	});
	const again = new Ledger(place.dataDir, clock);
	expect(again.book([submitSale(sales[3] as (typeof sales)[0])]).outcomes).toMatchObject([
		{ booking: { duplicate: true } },
	]);
	again.close();
	expect(readdirSync(plan.dataDir)).not.toContain("backup.new");
});

test("a backup for a recipient needs no secret on the box, and opens with the recipient's key alone", async () => {
	using dir = temporaryDir();
	const { ledger, plan } = box(dir.path);
	ledger.close();
	const identity = await generateIdentity();
	await makeBackup({ ...plan, lock: { recipient: await identityToRecipient(identity) } });
	expect(readFileSync(plan.to).subarray(0, 21).toString()).toBe("age-encryption.org/v1");
	await expect(restoreBackup({ file: plan.to, ...target(dir.path) })).rejects.toThrow();
	expect(await restoreBackup({ file: plan.to, ...target(dir.path), unlock: { identity } })).toMatchObject({
		shop: "vijzel",
	});
});

test("what root puts back belongs to the hub's own user", async () => {
	using dir = temporaryDir();
	const { ledger, plan } = box(dir.path);
	ledger.close();
	await makeBackup(plan);
	const place = target(dir.path);
	for (const folder of [place.dataDir, dirname(place.configFile)]) chownSync(folder, 12_345, 12_346);
	await restoreBackup({ file: plan.to, ...place });
	for (const path of ["journal.db", "journal.key", "tls", "tls/authority.key", "bridge/printers/bon.json"]) {
		expect(statSync(join(place.dataDir, path)), path).toMatchObject({ uid: 12_345, gid: 12_346 });
	}
	expect(statSync(place.configFile)).toMatchObject({ uid: 12_345, gid: 12_346 });
});

test("rows in archives are in the backup, and checked and put back with it", async () => {
	using dir = temporaryDir();
	const { ledger, plan } = box(dir.path);
	ledger.close();
	const archiving = new Ledger(plan.dataDir, openClock());
	expect(archiving.archive(8, "2100-01-01T00:00:00Z")).toBe(8);
	await makeBackup(plan);
	archiving.close();
	const place = target(dir.path);
	await restoreBackup({ file: plan.to, ...place });
	expect(archivesIn(place.dataDir)).toHaveLength(1);
	expect(verifyJournal(join(place.dataDir, "journal.db"))).toMatchObject({ entries: SALES + 1, faults: [] });
});

test("a wrong passphrase, a cut-off file and any altered byte restore nothing", async () => {
	using dir = temporaryDir();
	const { ledger, plan } = box(dir.path);
	ledger.close();
	const identity = await generateIdentity();
	await makeBackup(plan);
	const place = target(dir.path);
	const refuses = async (file: string, unlock: object) => {
		await expect(restoreBackup({ file, ...place, unlock }), JSON.stringify(unlock)).rejects.toThrow();
		expect(readdirSync(place.dataDir)).toEqual([]);
		expect(existsSync(place.configFile)).toBe(false);
	};
	await refuses(plan.to, { passphrase: "een andere lange zin" });
	// By key: each try with a passphrase costs seconds.
	await makeBackup({ ...plan, lock: { recipient: await identityToRecipient(identity) } });
	const { size } = statSync(plan.to);
	const harmed = join(dir.path, "harmed.age");
	for (const length of [0, 40, size - 1, size - 16, Math.floor(size / 2), size - (size % 65_536)]) {
		cpSync(plan.to, harmed);
		truncateSync(harmed, length);
		await refuses(harmed, { identity });
	}
	for (const place of [30, 120, 300, Math.floor(size / 2), size - 20, size - 1]) {
		const bytes = readFileSync(plan.to);
		bytes[place] = (bytes[place] ?? 0) ^ 1;
		writeFileSync(harmed, bytes);
		await refuses(harmed, { identity });
	}
	cpSync(plan.to, harmed);
	appendFileSync(harmed, "x");
	await refuses(harmed, { identity });
	writeFileSync(harmed, "no backup at all");
	await refuses(harmed, { identity });
});

test("a data folder that holds something is left alone; with --replace it is kept aside, the back office stays", async () => {
	using dir = temporaryDir();
	const { ledger, plan, configFile } = box(dir.path);
	await makeBackup(plan);
	ledger.book([submitSale(saleFrom("kassa-1"))]);
	ledger.close();
	mkdirSync(join(plan.dataDir, "office"));
	writeFileSync(configFile, "shop: { id: vijzel, name: Anders }\n");
	const place = { file: plan.to, ...target(dir.path), dataDir: plan.dataDir, configFile };
	await expect(restoreBackup(place)).rejects.toThrow("--replace");
	expect(verifyJournal(join(plan.dataDir, "journal.db")).entries).toBe(SALES + 1);
	const { aside } = await restoreBackup({ ...place, replaces: true });
	expect(aside).toHaveLength(2);
	expect(verifyJournal(join(aside[0] as string, "journal.db"))).toMatchObject({ entries: SALES + 1, faults: [] });
	expect(readFileSync(aside[1] as string, "utf8")).toContain("Anders");
	expect(existsSync(join(plan.dataDir, "office"))).toBe(true);
	expect(verifyJournal(join(plan.dataDir, "journal.db")).entries).toBe(SALES + 1);
	expect(readFileSync(configFile, "utf8")).toContain("De Vijzel");
});

test("a backup of a journal that was tampered with is not put back, nor one from a box whose clock was ahead", async () => {
	using dir = temporaryDir();
	const { ledger, plan } = box(dir.path);
	await makeBackup(plan);
	const past = { ...target(dir.path), clock: openClock({ fixedMs: Date.parse("2020-01-01") }) };
	await expect(restoreBackup({ file: plan.to, ...past })).rejects.toThrow("set the clock first");
	ledger.close();
	execFileSync("sqlite3", [join(plan.dataDir, "journal.db"), "UPDATE journal SET payload = '{}' WHERE number = 3"]);
	await makeBackup(plan);
	await expect(restoreBackup({ file: plan.to, ...target(dir.path) })).rejects.toThrow("row 3");
});

test("a disk that runs full while a backup is written leaves the one before, and no half one", async () => {
	using dir = temporaryDir();
	const { ledger, plan } = box(dir.path);
	const stick = join(dir.path, "stick");
	execFileSync("mount", ["-t", "tmpfs", "-o", "size=400k", "tmpfs", stick]);
	try {
		await makeBackup(plan);
		const before = readFileSync(plan.to);
		ledger.book(Array.from({ length: 3000 }, () => submitSale(saleFrom("kassa-1"))));
		const failure = await makeBackup(plan).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(BackupFailed);
		expect((failure as BackupFailed).message).toContain("ENOSPC");
		expect(readdirSync(stick)).toEqual(["a.age"]);
		expect(readFileSync(plan.to).equals(before)).toBe(true);
		expect(readdirSync(plan.dataDir)).not.toContain("backup.new");
	} finally {
		execFileSync("umount", ["-l", stick]);
		ledger.close();
	}
});

test("a folder that is not there is named, not made: the stick was pulled out", async () => {
	using dir = temporaryDir();
	const { ledger, plan } = box(dir.path);
	ledger.close();
	await expect(makeBackup({ ...plan, to: join(dir.path, "gone/a.age") })).rejects.toMatchObject({
		code: "BACKUP_FOLDER_MISSING",
	});
	expect(existsSync(join(dir.path, "gone"))).toBe(false);
});

test("the journal is copied as it was when the backup began, however many sales come while it is", async () => {
	using dir = temporaryDir();
	const { ledger, plan } = box(dir.path);
	for (let group = 0; group < 8; group++) {
		ledger.book(Array.from({ length: 1000 }, () => submitSale(saleFrom("kassa-1"))));
	}
	const { number } = ledger.head;
	let booked = 0;
	// A sale between any two steps; a copy that began anew each time would hold some of them, or never end.
	const { journal } = await makeBackup(plan, ({ bytes }) => {
		if (bytes === 0 && booked++ < 50) ledger.book([submitSale(saleFrom("kassa-1"))]);
	});
	expect(booked).toBeGreaterThan(1);
	expect(journal).toBe(number);
	ledger.close();
});

test("while 40 registers sell a backup is made, and holds every sale acknowledged before it began", async () => {
	using dir = temporaryDir();
	const { ledger, plan } = box(dir.path);
	ledger.close();
	// To a file, which takes every line at once: this process is busy encrypting.
	const heard = join(dir.path, "acknowledged");
	const output = openSync(heard, "w");
	const shop = spawn(process.execPath, [join(import.meta.dirname, "../books/selling.ts"), plan.dataDir], {
		stdio: ["ignore", output, "inherit"],
	});
	const exited = once(shop, "exit");
	const acknowledged = () => readFileSync(heard, "utf8").split("\n").length - 1;
	const backedUp: number[] = [];
	await vi.waitUntil(() => acknowledged() > 100, { timeout: 30_000 });
	for (let round = 0; round < 3; round++) {
		const promised = SALES + acknowledged();
		const { journal } = await makeBackup(plan);
		expect(journal).toBeGreaterThanOrEqual(promised);
		backedUp.push(journal);
	}
	expect(shop.exitCode).toBeNull();
	expect(acknowledged() + SALES).toBeGreaterThan(backedUp.at(-1) ?? 0);
	shop.kill("SIGKILL");
	await exited;
	closeSync(output);
	expect(backedUp).toEqual(backedUp.toSorted((a, b) => a - b));
	const place = target(dir.path);
	await restoreBackup({ file: plan.to, ...place });
	expect(verifyJournal(join(place.dataDir, "journal.db"))).toMatchObject({
		entries: (backedUp.at(-1) ?? 0) + 1,
		faults: [],
	});
}, 120_000);

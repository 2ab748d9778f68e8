import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { pino } from "pino";
import { expect, test, vi } from "vitest";
import { saleFrom, submitSale, temporaryDir } from "../books/fixture.ts";
import { Ledger } from "../books/ledger.ts";
import { type ClockSetting, openClock } from "../clock.ts";
import { Backups } from "./backups.ts";
import { BackupSchedule } from "./schedule.ts";

const HOUR_MS = 3_600_000;
const START = Date.parse("2026-11-23T22:00:00+01:00");

/** A box with a daily backup of which two are kept, and a clock that stands where it is put. */
async function openBox(dir: string) {
	const dataDir = join(dir, "data");
	const folder = join(dir, "stick");
	const configFile = join(dir, "devices.yaml");
	writeFileSync(configFile, "shop: { id: vijzel, name: De Vijzel }\n");
	mkdirSync(folder);
	const ledger = new Ledger(dataDir, openClock());
	ledger.book([submitSale(saleFrom("kassa-1"))]);
	ledger.close();
	const now: ClockSetting = { fixedMs: START, quality: "synchronised" };
	const clock = openClock(now);
	const plan = { folder: "stick", keep: 2, recipient: await identityToRecipient(await generateIdentity()) };
	const raised = new Set<string>();
	const noted: string[] = [];
	const alerts = {
		raise: (code: string) => void raised.add(code),
		clear: (_subject: string, code?: string) => {
			if (code === undefined) raised.clear();
			else raised.delete(code);
		},
	};
	let elapsedMs = 0;
	const settings = () => plan;
	const backups = await Backups.open({
		...{ dataDir, configFile, settings, alerts, clock },
		shop: "vijzel",
		audit: { note: (who, action) => void noted.push(`${who} ${action}`) },
		log: pino({ level: "silent" }),
	});
	const schedule = new BackupSchedule({
		...{ backups, configFile, settings, alerts, clock },
		elapsedMs: () => elapsedMs,
	});
	const pass = (ms: number) => {
		now.fixedMs = (now.fixedMs ?? 0) + ms;
		elapsedMs += ms;
		return schedule.look();
	};
	return { folder, backups, schedule, raised, noted, pass, plan, files: () => readdirSync(folder).sort() };
}

test("a backup is made every day, by itself, and the oldest give way", { timeout: 60_000 }, async () => {
	using dir = temporaryDir();
	const { pass, files, backups, noted, raised } = await openBox(dir.path);
	await pass(0);
	expect(files()).toHaveLength(1);
	await pass(23 * HOUR_MS);
	expect(files()).toHaveLength(1);
	await pass(HOUR_MS);
	await pass(24 * HOUR_MS);
	expect(files()).toHaveLength(2);
	expect(backups.state()).toMatchObject({ lastGood: { status: "made", by: "schedule" }, last: { status: "made" } });
	expect(join(dir.path, "stick", files()[1] as string)).toBe(backups.state().lastGood?.file);
	expect(noted).toEqual(["hub backed-up", "hub backed-up", "hub backed-up"]);
	expect([...raised]).toEqual([]);
});

test("a stick that was taken out is told at once, and after two days that the backup is old; back in, all is well", {
	timeout: 60_000,
}, async () => {
	using dir = temporaryDir();
	const { folder, pass, raised, files } = await openBox(dir.path);
	await pass(0);
	renameSync(folder, `${folder}-away`);
	await pass(HOUR_MS);
	expect([...raised]).toEqual(["BACKUP_FOLDER_MISSING"]);
	await pass(48 * HOUR_MS);
	expect([...raised].sort()).toEqual(["BACKUP_FOLDER_MISSING", "BACKUP_OVERDUE"]);
	renameSync(`${folder}-away`, folder);
	await pass(0);
	expect([...raised]).toEqual([]);
	expect(files()).toHaveLength(2);
});

test("a backup that fails is tried again an hour later, not every minute", { timeout: 60_000 }, async () => {
	using dir = temporaryDir();
	const { pass, raised, noted, plan } = await openBox(dir.path);
	const { recipient } = plan;
	plan.recipient = "age1wrong";
	await pass(0);
	await pass(HOUR_MS / 2);
	expect([...raised]).toEqual(["BACKUP_FAILED"]);
	expect(noted).toEqual(["hub backup-failed"]);
	plan.recipient = recipient;
	await pass(HOUR_MS / 2);
	expect(noted).toEqual(["hub backup-failed", "hub backed-up"]);
	expect([...raised]).toEqual([]);
});

test("one at a time: a second is refused while the first is made", { timeout: 60_000 }, async () => {
	using dir = temporaryDir();
	const { backups } = await openBox(dir.path);
	const first = backups.beginInFolder("person:anja");
	expect(() => backups.beginInFolder("person:piet")).toThrow("is being made");
	expect(backups.state().running?.file).toContain("stick");
	expect(await first).toMatchObject({ status: "made", by: "person:anja" });
	expect(backups.state().running).toBeUndefined();
});

test("a hub that closes in the middle of a backup leaves no half one behind", { timeout: 60_000 }, async () => {
	using dir = temporaryDir();
	const { backups, files } = await openBox(dir.path);
	const under = backups.beginInFolder("person:anja");
	await vi.waitUntil(() => readdirSync(join(dir.path, "data")).includes("backup.new"), {
		interval: 1,
		timeout: 30_000,
	});
	await backups.close();
	expect(await under).toMatchObject({ status: "failed" });
	expect(files()).toEqual([]);
	expect(readdirSync(join(dir.path, "data"))).not.toContain("backup.new");
});

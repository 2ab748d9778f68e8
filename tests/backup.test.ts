import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Alert } from "@kassahub/contracts/alert.ts";
import type { BackupState } from "@kassahub/contracts/backup.ts";
import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import type { RelayState } from "@kassahub/contracts/relay-state.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import { expect, test, vi } from "vitest";
import { RawRegister } from "./raw-register.ts";
import { saleNow } from "./sales.ts";
import { bearer, getJson, nowhere, Shop, until } from "./shop.ts";

// Every step starts a process, and a busy machine takes its time for each.
vi.setConfig({ testTimeout: 400_000 });

const REGISTERS = 40;
const PASSPHRASE = "een lange zin die niemand raadt";

const entriesOf = async (shop: Shop): Promise<JournalEntry[]> =>
	(await shop.cli("journal", "export"))
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));

const backupState = (shop: Shop): Promise<BackupState> =>
	getJson(`${shop.running.httpUrl}/api/v1/backups`, shop.running.token);

/** A file with the passphrase, beside the shop's other files. */
function passphraseFile(shop: Shop): string {
	const file = join(shop.folder, "passphrase");
	writeFileSync(file, `${PASSPHRASE}\n`);
	return file;
}

test("yesterday's backup restored while the office has today: no number twice, every sale once", async () => {
	await using shop = await Shop.create();
	const { mqttUrl } = await shop.start();
	const credentials = await shop.pair("register", "kassa-1");
	const sell = async (register: RawRegister, sales: Sale[]) => {
		for (const sale of sales) expect(await register.sell(sale)).toBe(true);
	};
	const sales = (count: number) => Array.from({ length: count }, () => saleNow("kassa-1"));
	const yesterday = sales(5);
	const today = sales(5);
	let register = await RawRegister.connect(mqttUrl, credentials);
	await sell(register, yesterday);
	const file = join(shop.folder, "yesterday.age");
	const passphrase = passphraseFile(shop);
	await shop.cli("backup", "--to", file, "--passphrase-file", passphrase);
	await sell(register, today);
	const turnover = () =>
		getJson<{ sales: number }>(`${shop.officeUrl}/api/v1/turnover?day=${saleNow("x").at.slice(0, 10)}`);
	const untilOffice = (count: number) =>
		until(
			`${count} sales in the office`,
			async () => (await turnover().catch(() => undefined))?.sales === count,
			90_000,
		);
	await untilOffice(10);
	const before = await entriesOf(shop);
	register.close();
	await expect(shop.cli("restore", file, "--passphrase-file", passphrase)).rejects.toThrow("Stop it first");
	await shop.stop();
	await expect(shop.cli("restore", file, "--passphrase-file", passphrase)).rejects.toThrow("--replace");
	await shop.cli("restore", file, "--passphrase-file", passphrase, "--replace");

	const running = await shop.start();
	register = await RawRegister.connect(running.mqttUrl, credentials);
	// What the register had not deleted yet, whether the backup has it or not; then it sells on.
	await sell(register, [...yesterday.slice(3), ...today.slice(3), ...sales(3)]);
	register.close();
	await untilOffice(13);
	const live = await until("the relay to be live", async () => {
		const state = await getJson<RelayState>(`${running.httpUrl}/api/v1/relay`, running.token);
		return state.state === "live" && state.backlog === 0 ? state : undefined;
	});
	expect(live.lost).toBeDefined();
	const { alerts } = await getJson<{ alerts: Alert[] }>(`${running.httpUrl}/api/v1/health`, running.token);
	expect(alerts.map(({ code }) => code)).toContain("RESTORED_BEHIND");

	await shop.cli("journal", "verify");
	const after = await entriesOf(shop);
	const epoch = after.findIndex(({ payload }) => (payload as { action?: string }).action === "restored");
	expect(epoch).toBeGreaterThan(0);
	const used = new Set(before.map(({ number }) => number));
	expect(after.slice(epoch).filter(({ number }) => used.has(number))).toEqual([]);
	const ids = after.filter(({ kind }) => kind === "sale").map(({ id }) => id);
	expect(new Set(ids).size).toBe(ids.length);
	expect(ids).toHaveLength(5 + 2 + 3);
});

test("a new box is the old one again in one command: its registers are known, and its backup needs no hub", async () => {
	await using old = await Shop.create({ cloud: await nowhere() });
	const { mqttUrl } = await old.start();
	const credentials = await old.pair("register", "kassa-1");
	const register = await RawRegister.connect(mqttUrl, credentials);
	const sale = saleNow("kassa-1");
	expect(await register.sell(sale)).toBe(true);
	register.close();
	await old.stop();
	const file = join(old.folder, "box.age");
	const passphrase = passphraseFile(old);
	await old.cli("backup", "--to", file, "--passphrase-file", passphrase);

	await using fresh = await Shop.create({ cloud: { url: "mqtt://wrong" } });
	writeFileSync(join(fresh.folder, "wrong"), "een andere lange zin");
	await expect(fresh.cli("restore", file, "--passphrase-file", join(fresh.folder, "wrong"))).rejects.toThrow(
		"nothing was changed",
	);
	await fresh.cli("restore", file, "--passphrase-file", passphrase);
	const running = await fresh.start();
	const again = await RawRegister.connect(running.mqttUrl, credentials);
	expect(await again.sell(sale)).toBe(true);
	again.close();
	const entries = await entriesOf(fresh);
	expect(entries.filter(({ id }) => id === sale.id)).toHaveLength(1);
	expect(
		entries.filter(({ kind }) => kind === "audit").map(({ payload }) => (payload as { action: string }).action),
	).toContain("restored");
	await fresh.cli("journal", "verify");
});

test("40 registers sell while backups are made; the hub killed in the middle of one leaves the last good one", async () => {
	const stick = "stick";
	await using shop = await Shop.create({
		cloud: await nowhere(),
		backup: { folder: stick, keep: 2, passphraseFile: "passphrase" },
	});
	mkdirSync(join(shop.folder, stick));
	passphraseFile(shop);
	const folder = join(shop.folder, stick);
	const { mqttUrl } = await shop.start();
	const acknowledged = new Set<string>();
	const registers = await Promise.all(
		Array.from({ length: REGISTERS }, async (_, index) => {
			const name = `kassa-${index}`;
			return RawRegister.connect(mqttUrl, await shop.pair("register", name));
		}),
	);
	const selling = registers.map(async (register, index) => {
		for (;;) {
			const sale = saleNow(`kassa-${index}`);
			if (!(await register.sell(sale))) return;
			acknowledged.add(sale.id);
		}
	});
	await until("sales", () => acknowledged.size > 400, 120_000);
	const promised = [...acknowledged];
	await shop.cli("backup");
	const good = await backupState(shop);
	expect(good.last).toMatchObject({ status: "made", by: "technician:hub" });
	const bytes = readFileSync(good.lastGood?.file ?? "");

	const { httpUrl, token } = shop.running;
	await until("a sale after the backup began", () => acknowledged.size > promised.length);
	const began = await fetch(`${httpUrl}/api/v1/backups`, {
		method: "POST",
		headers: { ...bearer(token), "content-type": "application/json" },
		body: "{}",
	});
	expect(began.status).toBe(202);
	await until("the backup to be under way", () => readdirSync(shop.dataDir).includes("backup.new"), 120_000);
	await shop.kill();
	await Promise.all(selling);
	for (const register of registers) register.close();
	expect(readFileSync(good.lastGood?.file ?? "").equals(bytes)).toBe(true);
	expect(readdirSync(folder).filter((name) => name.endsWith(".age"))).toHaveLength(1);

	// The next start clears away what was left, and the next backup goes on as ever.
	await shop.start();
	expect(readdirSync(shop.dataDir)).not.toContain("backup.new");
	await shop.cli("backup");
	expect((await backupState(shop)).last).toMatchObject({ status: "made" });
	expect(readdirSync(folder).every((name) => name.endsWith(".age"))).toBe(true);
	const actions = (await entriesOf(shop)).flatMap(({ kind, payload }) =>
		kind === "audit" ? [(payload as { action: string }).action] : [],
	);
	expect(actions.filter((action) => action === "backed-up")).toHaveLength(2);

	// The backup from before the kill holds every sale that was acknowledged when it began.
	await shop.stop();
	await shop.cli(
		"restore",
		good.lastGood?.file ?? "",
		"--passphrase-file",
		join(shop.folder, "passphrase"),
		"--replace",
	);
	await shop.cli("journal", "verify");
	const restored = new Set((await entriesOf(shop)).map(({ id }) => id));
	expect(promised.filter((id) => !restored.has(id))).toEqual([]);
});

test("only the command line may say where a backup goes; without a place in devices.yaml there is none", async () => {
	await using shop = await Shop.create({ cloud: await nowhere() });
	const { httpUrl } = await shop.start();
	const { token } = await shop.pair("technician", "monteur");
	const post = (body: object) =>
		fetch(`${httpUrl}/api/v1/backups`, {
			method: "POST",
			headers: { ...bearer(token), "content-type": "application/json" },
			body: JSON.stringify(body),
		});
	expect((await post({ to: "/etc/cron.d/x", recipient: "age1x" })).status).toBe(403);
	const unset = await post({});
	expect([unset.status, ((await unset.json()) as { code: string }).code]).toEqual([409, "BACKUP_NOT_SET"]);
	await expect(shop.cli("backup", "--to", join(shop.folder, "a"), "--recipient", "age1x")).rejects.toThrow(
		"BACKUP_FAILED",
	);
});

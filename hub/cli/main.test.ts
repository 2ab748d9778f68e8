import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Credentials } from "@kassahub/contracts/credentials.ts";
import { type DeviceState, deviceState } from "@kassahub/contracts/device-state.ts";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshSale, openTryShop, type TryShop } from "../api/try-shop.ts";
import { lockData } from "../lock.ts";
import { commands } from "./commands.ts";

type Ran = { code: number | null; stdout: string; stderr: string };

const config = "shop: { id: vijzel, name: De Vijzel }\n";

function kassahub(dataDir: string, words: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
	const configFile = join(dataDir, "devices.yaml");
	if (!existsSync(configFile)) writeFileSync(configFile, config);
	const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...words], {
		env: { ...process.env, KASSAHUB_DATA: dataDir, KASSAHUB_CONFIG: configFile, ...environment },
		stdio: ["ignore", "pipe", "pipe"],
	});
	const ran: Ran = { code: null, stdout: "", stderr: "" };
	child.stdout.on("data", (chunk) => {
		ran.stdout += chunk;
	});
	child.stderr.on("data", (chunk) => {
		ran.stderr += chunk;
	});
	return new Promise((resolve) => child.once("close", (code) => resolve({ ...ran, code })));
}

const isCredentials = Compile(Credentials);

describe("without a hub", () => {
	let dataDir: string;
	const run = (...words: string[]) => kassahub(dataDir, words);
	beforeAll(() => {
		dataDir = mkdtempSync(join(tmpdir(), "kassahub-cli-"));
	});
	afterAll(() => rmSync(dataDir, { recursive: true }));

	test("pair prints credentials and nothing else, with the link on the other stream", async () => {
		const { code, stdout, stderr } = await run("pair", "--kind", "register", "--name", "kassa-1");
		const credentials = JSON.parse(stdout);
		expect([code, isCredentials.Check(credentials)]).toEqual([0, true]);
		const link = /https:\/\/[\d.]+:8443\/register\/#pair=(\S+)/.exec(stderr);
		expect(JSON.parse(Buffer.from(link?.[1] ?? "", "base64url").toString())).toEqual(credentials);
		expect(readFileSync(join(dataDir, "pairings.json"), "utf8")).not.toContain(credentials.password);
		expect((await run("pair", "--kind", "technician", "--name", "jan")).stderr).toMatch(
			/https:\/\/[\d.]+:8443\/#pair=/,
		);
	});

	test("a catalogue goes in, and its journal is verified, exported and folded anew", async () => {
		const file = join(dataDir, "products.csv");
		writeFileSync(file, "sku,name,group,unit,price,vatRate,stock\n1,A,g,pcs,1,9,5\n2,B,g,pcs,x,9,1\n");
		const imported = await run("catalogue", "import", file, "--stock");
		expect([imported.code, JSON.parse(imported.stdout)]).toEqual([
			1,
			expect.objectContaining({ changed: 1, counted: 1 }),
		]);
		expect(imported.stderr).toContain(`${file}:3 price: "x" is no number`);

		const verified = await run("journal", "verify");
		expect([verified.code, JSON.parse(verified.stdout)]).toEqual([
			0,
			expect.objectContaining({ entries: 2, faults: [] }),
		]);
		const rebuilt = await run("journal", "rebuild");
		expect(JSON.parse(rebuilt.stdout)).toEqual({ entries: 2, same: true });
		const exported = await run("journal", "export", "--after", "1");
		expect(
			exported.stdout
				.trimEnd()
				.split("\n")
				.map((line) => JSON.parse(line).number),
		).toEqual([2]);

		const database = new DatabaseSync(join(dataDir, "journal.db"));
		database.exec(`UPDATE journal SET payload = replace(payload, '"A"', '"Z"') WHERE number = 1`);
		database.close();
		const spoiled = await run("journal", "verify");
		expect([spoiled.code, JSON.parse(spoiled.stdout).faults[0]]).toEqual([1, expect.objectContaining({ number: 1 })]);
		expect(spoiled.stderr).toMatch(/^1 changed: /m);
	});

	test("a folder that a hub is opening is left alone", async () => {
		const lock = lockData(dataDir);
		const { code, stdout, stderr } = await run("pair", "--kind", "register", "--name", "kassa-2");
		lock.release();
		expect([code, stdout]).toEqual([1, ""]);
		expect(stderr).toContain("Try again in a moment");
	});

	test.for([
		[["devices"], "No hub runs here"],
		[["pair", "--kind", "register"], "--name is missing. Usage: kassahub pair"],
		[["pair", "--kind", "kassa", "--name", "x"], "register, sensor, technician"],
		[["pair", "--kind", "register", "--name", "Kassa 1"], "kassa-1"],
		[["pair", "--kind", "register", "--name", "hub"], "Choose another name"],
		[["pair", "--nmae", "x"], "--nmae"],
		[["journal", "export", "--after", "x"], "no journal number"],
		[["catalogue", "import"], "<file>"],
		[["catalogue", "import", "/nowhere.csv"], "/nowhere.csv cannot be read"],
		[["quarantine", "replay", "7"], "no number 7 in quarantine"],
		[["quarantine", "replay", "zeven"], "no quarantine number"],
		[["jounral"], 'no command "jounral"'],
		[[], "kassahub <command> --help"],
	] as const)("%j exits 1 and says why, with nothing on standard output", async ([words, reason]) => {
		const { code, stdout, stderr } = await run(...words);
		expect([code, stdout]).toEqual([1, ""]);
		expect(stderr).toContain(reason);
		expect(stderr).not.toContain("    at ");
	});

	test("every command explains itself", async () => {
		const overview = await run("--help");
		expect(overview.code).toBe(0);
		for (const { words } of commands) expect(overview.stdout).toContain(`  ${words} `);
		const { code, stdout } = await run("quarantine", "replay", "--help");
		expect([code, stdout]).toEqual([0, expect.stringContaining("kassahub quarantine replay <N> [--file f.json]")]);
	});

	test("doctor names a taken port and a wrong setting, each with its remedy", async () => {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
		const { port } = server.address() as { port: number };
		const free = { KASSAHUB_MQTT_PORT: "0", KASSAHUB_OFFICE_PORT: "0" };
		const taken = await kassahub(dataDir, ["doctor", "--json"], { ...free, KASSAHUB_HTTP_PORT: String(port) });
		server.close();
		const findings = JSON.parse(taken.stdout) as { check: string; status: string; remedy: string }[];
		const http = findings.find(({ check }) => check === "port http");
		expect([taken.code, http?.status, http?.remedy]).toEqual([1, "bad", expect.stringContaining("KASSAHUB_HTTP_PORT")]);
		for (const { status, remedy } of findings) expect(remedy !== "").toBe(status !== "good");

		const wrongFile = join(dataDir, "wrong.yaml");
		writeFileSync(wrongFile, "shop: { id: Vijzel }\n");
		const wrong = await kassahub(dataDir, ["doctor"], { KASSAHUB_CONFIG: wrongFile });
		expect([wrong.code, wrong.stdout]).toEqual([1, ""]);
		expect(wrong.stderr).toContain("shop.name");
	});

	test("doctor names each mistake in a device by its line, and goes on to the rest", async () => {
		const file = join(dataDir, "half.yaml");
		const devices =
			"  bon:\n    driver: escpos\n    lnik: tcp://127.0.0.1\n  Bon: { driver: escpos, link: 'tcp://127.0.0.1' }\n";
		writeFileSync(file, `shop: { id: vijzel, name: De Vijzel }\ndevices:\n${devices}`);
		const { code, stderr } = await kassahub(dataDir, ["doctor"], { KASSAHUB_CONFIG: file });
		expect(code).toBe(1);
		expect(stderr).toContain("device bon: line 5, devices.bon.lnik is not a setting. Did you mean link?");
		expect(stderr).toMatch(/device Bon: line 6, .* such as bon$/m);
		expect(stderr).toMatch(/journal: /);
	});

	test("doctor is content with a sound box", async () => {
		const sound = mkdtempSync(join(tmpdir(), "kassahub-sound-"));
		const ports = { KASSAHUB_HTTP_PORT: "0", KASSAHUB_MQTT_PORT: "0", KASSAHUB_OFFICE_PORT: "0" };
		const { code, stderr } = await kassahub(sound, ["doctor"], ports);
		rmSync(sound, { recursive: true });
		expect([code, stderr]).toEqual([0, expect.not.stringContaining("BAD")]);
	});
});

describe("beside a running hub", () => {
	let shop: TryShop;
	const run = (...words: string[]) => kassahub(shop.dataDir, words);
	beforeAll(async () => {
		shop = await openTryShop();
		const httpUrl = await shop.app.listen({ port: 0, host: "127.0.0.1" });
		const { token } = shop.accounts.addInternal("technician", "control");
		writeFileSync(join(shop.dataDir, "run.json"), JSON.stringify({ pid: process.pid, httpUrl, token }));
	});
	afterAll(() => shop[Symbol.asyncDispose]());

	test("pair makes the hub know the register at once, and again replaces it", async () => {
		const pair = () => run("pair", "--kind", "register", "--name", "kassa-3");
		const first = JSON.parse((await pair()).stdout);
		expect(await shop.accounts.authenticateToken(first.token)).toEqual({ name: "kassa-3", kind: "register" });
		const second = JSON.parse((await pair()).stdout);
		expect(await shop.accounts.authenticateToken(first.token)).toBeUndefined();
		expect(await shop.accounts.authenticateToken(second.token)).toBeDefined();
	});

	test("doctor names what the bridge found wrong in devices.yaml, and that a restart is due", async () => {
		const detail = "line 4, devices.telex.driver: is no driver. Did you mean telnet?";
		shop.devices.heardState({
			...(deviceState.example as DeviceState),
			device: "telex",
			state: "offline",
			fault: { code: "DEVICE_CONFIG_INVALID", detail },
		});
		shop.alerts.raise("CONFIG_NEEDS_RESTART", "config", "warning", "shop.id");
		const { code, stderr } = await run("doctor");
		shop.devices.forget("telex");
		shop.alerts.clear("config");
		expect(code).toBe(1);
		expect(stderr).toContain(`device telex: ${detail}`);
		expect(stderr).toMatch(/attention {2}config: .*\(shop\.id\)/);
	});

	test("a refusal of the hub is the reason of the command", async () => {
		const { code, stdout, stderr } = await run("pair", "--kind", "sensor", "--name", "kassa-1");
		expect([code, stdout]).toEqual([1, ""]);
		expect(stderr).toContain("PAIRING_NAME_TAKEN: kassa-1 is paired as register");
	});

	test("what is in quarantine is listed, repaired and booked", async () => {
		const sale = freshSale();
		const { quarantine } = (await shop.ask("register", "POST", "/sales", { ...sale, total: 1 })).json();
		const listed = await run("quarantine", "list");
		expect(JSON.parse(listed.stdout)).toMatchObject([{ number: quarantine, id: sale.id }]);
		expect(listed.stderr).toContain("/total is 1 cents, expected 374");
		const asItIs = await run("quarantine", "replay", String(quarantine));
		expect([asItIs.code, asItIs.stdout]).toEqual([1, ""]);
		const file = join(shop.dataDir, "repaired.json");
		writeFileSync(file, JSON.stringify(sale));
		const replayed = await run("quarantine", "replay", String(quarantine), "--file", file);
		expect(JSON.parse(replayed.stdout)).toMatchObject({ id: sale.id, duplicate: false });
		expect((await shop.books.entry(sale.id))?.payload).toEqual(sale);
	});

	test("devices, import, verify, export and rebuild work while it sells", async () => {
		const devices = await run("devices");
		expect(JSON.parse(devices.stdout).map(({ device }: { device: string }) => device)).toEqual([
			"bonprinter",
			"weegschaal",
		]);
		const imported = await run("catalogue", "import", join(import.meta.dirname, "../catalogue/assortment.csv"));
		expect([imported.code, JSON.parse(imported.stdout).faults]).toEqual([0, []]);
		const verified = await run("journal", "verify");
		expect(JSON.parse(verified.stdout)).toMatchObject({ entries: shop.books.head().number, faults: [] });
		const exported = await run("journal", "export");
		const { body } = await shop.books.lines(0, 1_000_000, 1_000_000_000);
		expect(exported.stdout).toBe(new TextDecoder().decode(body));
		// The rebuild itself is audited, once it is done.
		const entries = shop.books.head().number;
		const rebuilt = await run("journal", "rebuild");
		expect(JSON.parse(rebuilt.stdout)).toEqual({ entries, same: true });
	});

	test("who leaves while the journal is being exported is no failure", async () => {
		const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), "journal", "export"], {
			env: { ...process.env, KASSAHUB_DATA: shop.dataDir },
			stdio: ["ignore", "pipe", "pipe"],
		});
		let stderr = "";
		child.stderr.on("data", (chunk) => {
			stderr += chunk;
		});
		child.stdout.once("data", () => child.stdout.destroy());
		const code = await new Promise((resolve) => child.once("close", resolve));
		expect([code, stderr]).toEqual([0, ""]);
	});

	test("a hub that died is not mistaken for one that runs", async () => {
		const dataDir = mkdtempSync(join(tmpdir(), "kassahub-dead-"));
		const gone = createServer();
		await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
		const { port } = gone.address() as { port: number };
		await new Promise((resolve) => gone.close(resolve));
		const stale = { pid: process.pid, httpUrl: `http://127.0.0.1:${port}`, token: "hub.x" };
		writeFileSync(join(dataDir, "run.json"), JSON.stringify(stale));
		const { code, stdout } = await kassahub(dataDir, ["pair", "--kind", "register", "--name", "kassa-1"]);
		rmSync(dataDir, { recursive: true });
		expect([code, isCredentials.Check(JSON.parse(stdout))]).toEqual([0, true]);
	});
});

import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "@kassahub/contracts/command.ts";
import { DeviceState } from "@kassahub/contracts/device-state.ts";
import { Reading } from "@kassahub/contracts/reading.ts";
import { Result } from "@kassahub/contracts/result.ts";
import { Aedes } from "aedes";
import { Value } from "typebox/value";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, expect, test } from "vitest";
import { receipt } from "./drivers/printers/receipt.testing.ts";
import { type EmulatedPrinter, startPrinter } from "./emulators/escpos.ts";
import { paperText } from "./emulators/paper.ts";
import { type ScaleOnCable, startScale } from "./emulators/scale-on-cable.ts";

type Action = Command extends infer C ? (C extends Command ? Omit<C, "id" | "at" | "expiresAt"> : never) : never;

const main = join(import.meta.dirname, "main.ts");
let dataDir: string;
let broker: Aedes;
let server: Server;
let printer: EmulatedPrinter;
let scale: ScaleOnCable;
let bridge: ChildProcess;
let heard: EventEmitter;
let states: DeviceState[];
let results: Result[];
let readings: Reading[];

beforeEach(async () => {
	dataDir = mkdtempSync(join(tmpdir(), "bridge-"));
	broker = await Aedes.createBroker();
	server = createServer(broker.handle);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	heard = new EventEmitter();
	[states, results, readings] = [[], [], []];
	broker.on("publish", (packet) => {
		if (!packet.topic.startsWith("kassahub/devices/") || packet.topic.endsWith("/commands")) return;
		const value: unknown = JSON.parse(packet.payload.toString());
		if (packet.topic.endsWith("/state")) states.push(Value.Parse(DeviceState, value));
		if (packet.topic.endsWith("/results")) results.push(Value.Parse(Result, value));
		if (packet.topic.endsWith("/readings")) readings.push(Value.Parse(Reading, value));
		heard.emit("heard");
	});
	printer = await startPrinter({ port: 0, msPerLine: 2 });
	scale = await startScale({ path: join(dataDir, "scale"), kind: "toledo8217" });
	writeFileSync(
		join(dataDir, "devices.yaml"),
		`shop: { id: winkel, name: Kaashuis }
devices:
  bonprinter: { driver: escpos, link: "tcp://127.0.0.1:${printer.port}", settings: { answerMs: 1000 } }
  weegschaal: { driver: toledo8217, link: "serial://${scale.path}", settings: { pollMs: 50 } }
  verkeerd: { driver: toledo8217, link: "serial:///dev/x?baud=zeven" }
  onbekend: { driver: telex, link: "tcp://127.0.0.1:1" }
`,
	);
	startBridge();
});

afterEach(async () => {
	bridge.kill("SIGKILL");
	await printer.close();
	await scale.close();
	server.close();
	await new Promise<void>((resolve) => broker.close(() => resolve()));
});

function startBridge(): void {
	bridge = spawn(process.execPath, [main], {
		stdio: ["pipe", "ignore", "inherit"],
		env: {
			...process.env,
			KASSAHUB_CONFIG: join(dataDir, "devices.yaml"),
			KASSAHUB_DATA: dataDir,
			KASSAHUB_MQTT_URL: `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`,
			KASSAHUB_SUPERVISED: "1",
		},
	});
}

async function killBridge(): Promise<void> {
	const gone = once(bridge, "exit");
	bridge.kill("SIGKILL");
	await gone;
}

async function until<T>(look: () => T | undefined | false): Promise<T> {
	for (;;) {
		const found = look();
		if (found) return found;
		await once(heard, "heard");
	}
}

const stateOf = (device: string): DeviceState | undefined => states.findLast((state) => state.device === device);
const resultOf = (id: string): Result | undefined => results.find((result) => result.id === id);
const online = (device: string) => until(() => stateOf(device)?.state === "online");

function command(device: string, action: Action, change: { id?: string; expiresAt?: string } = {}): string {
	const id = change.id ?? uuidv7();
	const payload = JSON.stringify({ id, at: new Date().toISOString(), ...change, ...action });
	const topic = `kassahub/devices/${device}/commands`;
	broker.publish({ cmd: "publish", topic, payload, qos: 1, retain: false, dup: false }, () => undefined);
	return id;
}

test("a command is done and answered, a weight is published, and a mistake in one entry stays with that device", async () => {
	await online("bonprinter");
	await online("weegschaal");
	const id = command("bonprinter", { action: "print", receipt, openDrawer: true });
	expect(await until(() => resultOf(id))).toMatchObject({ device: "bonprinter", action: "print", status: "done" });
	expect(paperText(printer.lastPaper)).toMatch(/TOTAAL +€ 3,74/);
	scale.set({ grams: 456 });
	await until(() => readings.some((reading) => "grams" in reading && reading.grams === 456));
	for (const device of ["verkeerd", "onbekend"]) {
		await until(() => stateOf(device));
		expect(stateOf(device)).toMatchObject({ state: "offline", fault: { code: "DEVICE_CONFIG_INVALID" } });
	}
	const refused = command("verkeerd", { action: "zero" });
	expect(await until(() => resultOf(refused))).toMatchObject({
		status: "failed",
		fault: { code: "DEVICE_CONFIG_INVALID" },
	});
});

test("killed while printing: the result says unknown, nothing is printed twice, and the next receipt prints", async () => {
	await online("bonprinter");
	printer.set({ paperOutAfterLines: 5 });
	const id = command("bonprinter", { action: "print", receipt });
	await until(() => stateOf("bonprinter")?.fault?.code === "PRINTER_PAPER_OUT");
	const next = command("bonprinter", { action: "print-text", lines: ["de volgende"] });
	await killBridge();
	await until(() => stateOf("bonprinter")?.fault?.code === "BRIDGE_STOPPED");
	printer.unplug();
	printer.set({ paper: "ok" });
	startBridge();
	expect(await until(() => resultOf(id))).toMatchObject({ status: "unknown", fault: { code: "COMMAND_INTERRUPTED" } });
	expect(await until(() => resultOf(next))).toMatchObject({ status: "done" });
	expect(printer.papers).toHaveLength(1);
	expect(paperText(printer.lastPaper)).toContain("de volgende");
	expect(results.filter((result) => result.id === id)).toHaveLength(1);
});

test("commands sent while the bridge is away are done when it is back, unless they have lapsed", async () => {
	await online("bonprinter");
	await killBridge();
	const lapsed = command(
		"bonprinter",
		{ action: "open-drawer" },
		{ expiresAt: new Date(Date.now() - 1).toISOString() },
	);
	const waiting = command("bonprinter", { action: "print-text", lines: ["nog niet vergeten"] });
	startBridge();
	expect(await until(() => resultOf(waiting))).toMatchObject({ status: "done" });
	expect(await until(() => resultOf(lapsed))).toMatchObject({ status: "failed", fault: { code: "COMMAND_EXPIRED" } });
	expect(printer.drawerPulses).toBe(0);
});

test("the same command delivered again, also after a restart, is answered again and not done again", async () => {
	await online("bonprinter");
	const id = command("bonprinter", { action: "open-drawer" });
	await until(() => resultOf(id));
	await killBridge();
	startBridge();
	command("bonprinter", { action: "open-drawer" }, { id });
	await until(() => results.filter((result) => result.id === id && result.status === "done").length >= 2);
	const last = command("bonprinter", { action: "print-text", lines: ["klaar"] });
	await until(() => resultOf(last));
	expect(printer.drawerPulses).toBe(1);
});

test("a command that waits for its device lapses in time, and one that makes no sense is refused", async () => {
	await online("bonprinter");
	printer.set({ cover: "open" });
	await until(() => stateOf("bonprinter")?.fault?.code === "PRINTER_COVER_OPEN");
	const id = command(
		"bonprinter",
		{ action: "print-text", lines: ["te laat"] },
		{ expiresAt: new Date(Date.now() + 300).toISOString() },
	);
	expect(await until(() => resultOf(id))).toMatchObject({ status: "failed", fault: { code: "COMMAND_EXPIRED" } });
	const zero = command("bonprinter", { action: "zero" });
	expect(await until(() => resultOf(zero))).toMatchObject({ status: "failed", fault: { code: "COMMAND_UNKNOWN" } });
	printer.set({ cover: "closed" });
	await online("bonprinter");
	expect(printer.papers).toHaveLength(0);
});

test("garbage from one device, and on its commands, leaves the others at work", async () => {
	await online("bonprinter");
	await online("weegschaal");
	scale.misbehave({ babbles: true });
	const topic = "kassahub/devices/weegschaal/commands";
	for (const payload of ["", "{", "[]", "null", '{"id":1}', Buffer.from([0xff, 0xfe])]) {
		broker.publish({ cmd: "publish", topic, payload, qos: 1, retain: false, dup: false }, () => undefined);
	}
	await until(() => stateOf("weegschaal")?.fault?.code === "DEVICE_GARBLED");
	const id = command("bonprinter", { action: "print", receipt });
	expect(await until(() => resultOf(id))).toMatchObject({ status: "done" });
	scale.misbehave({});
	await online("weegschaal");
});

test("an unplugged scale and a printer that restarts come back by themselves", async () => {
	await online("bonprinter");
	await online("weegschaal");
	await scale.unplug();
	printer.unplug();
	await until(() => stateOf("weegschaal")?.state === "offline");
	await until(() => (stateOf("bonprinter")?.reconnects ?? 0) > 0 && stateOf("bonprinter")?.state === "online");
	await scale.replug();
	await online("weegschaal");
	expect(stateOf("weegschaal")?.reconnects).toBeGreaterThan(0);
});

test("leaves when its hub is gone, and says so in every state", async () => {
	await online("bonprinter");
	const exit = once(bridge, "exit");
	bridge.stdin?.end();
	await exit;
	expect(stateOf("bonprinter")).toMatchObject({ state: "offline", fault: { code: "BRIDGE_STOPPED" } });
});

import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TryBridge } from "./bridge.testing.ts";
import { receipt } from "./drivers/printers/receipt.testing.ts";
import { type EmulatedPrinter, startPrinter } from "./emulators/escpos.ts";
import { paperText } from "./emulators/paper.ts";
import { startScale } from "./emulators/scale-on-cable.ts";

let bridge: TryBridge;
let printer: EmulatedPrinter;

const printerAt = (name: string, { port }: EmulatedPrinter, settings = ""): string =>
	`  ${name}: { driver: escpos, link: "tcp://127.0.0.1:${port}"${settings ? `, settings: ${settings}` : ""} }\n`;

beforeEach(async () => {
	printer = await startPrinter({ port: 0, msPerLine: 2 });
	bridge = await TryBridge.open(printerAt("bonprinter", printer));
	await bridge.online("bonprinter");
	// A device that was started anew would know nothing of this.
	printer.unplug();
	await bridge.until(() => reconnects("bonprinter") === 1 && bridge.stateOf("bonprinter")?.state === "online");
});

afterEach(async () => {
	await bridge[Symbol.asyncDispose]();
	await printer.close();
});

const lastLine = (emulated: EmulatedPrinter): string =>
	emulated.papers.length > 0 ? paperText(emulated.lastPaper) : "";
const reconnects = (device: string): number => bridge.stateOf(device)?.reconnects ?? 0;
const bridgeIs = (state: string): Promise<boolean> => bridge.until(() => bridge.stateOf("bridge")?.state === state);

test("the bridge is a device too: it says how many it drives, and what it cannot do", async () => {
	await bridgeIs("online");
	expect(bridge.stateOf("bridge")).toMatchObject({ class: "bridge", devices: 1 });
	const tested = bridge.command("bridge", { action: "self-test" });
	expect(await bridge.done(tested)).toMatchObject({ status: "done", detail: "1 devices, of which 1 online" });
	const scanned = bridge.command("bridge", { action: "scan" });
	expect(await bridge.done(scanned)).toMatchObject({
		status: "done",
		detail: expect.stringMatching(/^\d+ found/),
		found: expect.any(Array),
	});
	const refused = bridge.command("bridge", { action: "open-drawer" });
	expect(await bridge.done(refused)).toMatchObject({ status: "failed", fault: { code: "COMMAND_UNKNOWN" } });
});

test("a device that is added while another prints joins it; the one that prints is not touched", async () => {
	await using second = await startOther();
	printer.set({ paperOutAfterLines: 5 });
	const id = bridge.command("bonprinter", { action: "print", receipt });
	await bridge.until(() => bridge.stateOf("bonprinter")?.fault?.code === "PRINTER_PAPER_OUT");
	bridge.write(`${printerAt("keuken", second)}${printerAt("bonprinter", printer)}`);
	await bridge.online("keuken");
	expect(bridge.resultOf(id)).toBeUndefined();
	printer.set({ paper: "ok" });
	expect(await bridge.done(id)).toMatchObject({ status: "done" });
	expect(printer.papers).toHaveLength(1);
	expect(reconnects("bonprinter")).toBe(1);
});

test("a device that is changed while it prints finishes its receipt first, and what waits is done by its successor", async () => {
	printer.set({ paperOutAfterLines: 5 });
	const id = bridge.command("bonprinter", { action: "print", receipt });
	await bridge.until(() => bridge.stateOf("bonprinter")?.fault?.code === "PRINTER_PAPER_OUT");
	const next = bridge.command("bonprinter", { action: "print-text", lines: ["de volgende"] });
	await using second = await startOther();
	// Another device that comes up with this edit tells that it was taken over.
	bridge.replace(`${printerAt("bonprinter", printer, "{ columns: 42 }")}${printerAt("keuken", second)}`);
	await bridge.online("keuken");
	printer.set({ paper: "ok" });
	expect(await bridge.done(id)).toMatchObject({ status: "done" });
	expect(await bridge.done(next)).toMatchObject({ status: "done" });
	expect(printer.papers.map((paper) => paperText(paper).includes("de volgende"))).toEqual([false, true]);
	// Told again by the successor, as after a restart: what was on its way might have been lost.
	expect(new Set(bridge.results.filter((result) => result.id === id).map(({ status }) => status))).toEqual(
		new Set(["done"]),
	);
});

test("while the file is broken everything goes on as it was, and the fault has line, field and remedy", async () => {
	bridge.write("  bonprinter: { driver: escpos, link\n");
	await bridgeIs("degraded");
	expect(bridge.stateOf("bridge")).toMatchObject({ devices: 1, fault: { code: "CONFIG_INVALID" } });
	expect(bridge.stateOf("bridge")?.fault?.detail).toMatch(/^line \d+: .* Mind the indentation/);
	const id = bridge.command("bonprinter", { action: "print-text", lines: ["gewoon door"] });
	expect(await bridge.done(id)).toMatchObject({ status: "done" });
	expect(await bridge.done(bridge.command("bridge", { action: "self-test" }))).toMatchObject({
		status: "failed",
		fault: { code: "CONFIG_INVALID" },
	});
	rmSync(bridge.configFile);
	await bridge.until(() => bridge.stateOf("bridge")?.fault?.detail?.includes("not there"));
	bridge.write(printerAt("bonprinter", printer));
	await bridgeIs("online");
	expect(reconnects("bonprinter")).toBe(1);
	expect(bridge.cleared).toEqual([]);
});

test("a bridge that starts with a broken file waits for it to be mended", async () => {
	await bridge.kill();
	bridge.write("  bonprinter: { driver: escpos, link\n");
	const told = bridge.states.length;
	bridge.start();
	const now = (device: string) => bridge.states.slice(told).findLast((state) => state.device === device);
	await bridge.until(() => now("bridge")?.state === "degraded");
	expect(bridge.cleared).toEqual([]);
	bridge.write(printerAt("bonprinter", printer));
	await bridge.until(() => now("bonprinter")?.state === "online");
	expect(now("bridge")?.state).toBe("online");
});

test("a mistake in one entry, and its mending, leave the others alone", async () => {
	await using second = await startOther();
	bridge.replace(`${printerAt("bonprinter", printer)}${printerAt("keuken", second, "{ colums: 42 }")}`);
	await bridge.until(() => bridge.stateOf("keuken"));
	expect(bridge.stateOf("keuken")).toMatchObject({
		state: "offline",
		class: "printer",
		fault: {
			code: "DEVICE_CONFIG_INVALID",
			detail: "line 4, devices.keuken.settings.colums: is not a setting. Did you mean columns?",
		},
	});
	bridge.replace(`${printerAt("bonprinter", printer)}${printerAt("keuken", second, "{ columns: 42 }")}`);
	await bridge.online("keuken");
	expect(reconnects("bonprinter")).toBe(1);
});

test("an entry whose name no topic can carry is told by the bridge itself", async () => {
	bridge.write(`${printerAt("bonprinter", printer)}${printerAt("Keuken", printer)}`);
	await bridgeIs("degraded");
	expect(bridge.stateOf("bridge")?.fault?.detail).toMatch(/^line 4, devices\.Keuken: .* such as keuken\.$/);
	expect(bridge.stateOf("bonprinter")?.state).toBe("online");
});

test("a device that is taken out is stopped and forgotten, and what waited for it is answered", async () => {
	await using second = await startOther();
	bridge.write(`${printerAt("bonprinter", printer)}${printerAt("keuken", second)}`);
	await bridge.online("keuken");
	const { since } = bridge.stateOf("keuken") ?? {};
	printer.set({ cover: "open" });
	await bridge.until(() => bridge.stateOf("bonprinter")?.fault?.code === "PRINTER_COVER_OPEN");
	const waiting = bridge.command("bonprinter", { action: "print-text", lines: ["te laat"] });
	// Commands are taken in order: when this one is refused, the other waits.
	const refused = bridge.command("bonprinter", { action: "zero" });
	await bridge.done(refused);
	bridge.replace(printerAt("keuken", second));
	expect(await bridge.done(waiting)).toMatchObject({ status: "failed", fault: { code: "DEVICE_UNKNOWN" } });
	await bridge.until(() => bridge.cleared.includes("bonprinter"));
	expect(await retainedOn(bridge)).toEqual(["bridge", "keuken"]);
	expect(bridge.stateOf("keuken")?.since).toBe(since);

	bridge.replace(`${printerAt("keuken", second)}${printerAt("bonprinter", printer)}`);
	printer.set({ cover: "closed" });
	await bridge.until(() => bridge.states.at(-1)?.device === "bonprinter" && bridge.states.at(-1)?.state === "online");
	expect(printer.papers).toHaveLength(0);
});

test("a device that was taken out while the bridge was away is forgotten when it is back", async () => {
	await using second = await startOther();
	bridge.write(`${printerAt("bonprinter", printer)}${printerAt("keuken", second)}`);
	await bridge.online("keuken");
	await bridge.kill();
	bridge.write(printerAt("keuken", second));
	bridge.start();
	await bridge.until(() => bridge.cleared.includes("bonprinter"));
	expect(bridge.cleared).toEqual(["bonprinter"]);
});

test("a scale whose port gets another name goes on under its own", async () => {
	const path = join(bridge.folder, "ttyUSB0");
	const scaleAt = (port: string): string => `  weegschaal: { driver: toledo8217, link: "serial://${port}" }\n`;
	const scale = await startScale({ path, kind: "toledo8217" });
	bridge.write(`${printerAt("bonprinter", printer)}${scaleAt(path)}`);
	await bridge.online("weegschaal");
	await scale.close();
	await bridge.until(() => bridge.stateOf("weegschaal")?.state === "offline");
	const moved = await startScale({ path: `${path}-moved`, kind: "toledo8217" });
	bridge.replace(`${printerAt("bonprinter", printer)}${scaleAt(`${path}-moved`)}`);
	await bridge.online("weegschaal");
	moved.set({ grams: 321 });
	await bridge.until(() => bridge.readings.some((reading) => "grams" in reading && reading.grams === 321));
	expect(reconnects("bonprinter")).toBe(1);
	await moved.close();
});

test("two devices that swap their ports both come back", async () => {
	await using second = await startOther();
	bridge.write(`${printerAt("bonprinter", printer)}${printerAt("keuken", second)}`);
	await bridge.online("keuken");
	bridge.replace(`${printerAt("bonprinter", second)}${printerAt("keuken", printer)}`);
	const printed = bridge.command("bonprinter", { action: "print-text", lines: ["voor de kassa"] });
	const cooked = bridge.command("keuken", { action: "print-text", lines: ["voor de keuken"] });
	await bridge.until(() => bridge.stateOf("keuken")?.link.endsWith(`:${printer.port}`));
	await Promise.all([bridge.done(printed), bridge.done(cooked)]);
	const [onFirst, onSecond] = [lastLine(printer), lastLine(second)];
	// A command that came before the edit was taken over was done where the device was then.
	expect(`${onFirst}${onSecond}`).toMatch(/voor de (kassa|keuken)/);
	const after = bridge.command("keuken", { action: "print-text", lines: ["na de ruil"] });
	expect(await bridge.done(after)).toMatchObject({ status: "done" });
	expect(lastLine(printer)).toContain("na de ruil");
});

test("of twenty devices twelve are sick, and fifty commands to the healthy ones are all done meanwhile", async () => {
	const healthy = await Promise.all(Array.from({ length: 8 }, () => startPrinter({ port: 0, msPerLine: 1 })));
	const floods = await Promise.all(Array.from({ length: 4 }, () => startSick((socket) => flood(socket))));
	const mutes = await Promise.all(Array.from({ length: 3 }, () => startSick(() => undefined)));
	const slammers = await Promise.all(Array.from({ length: 3 }, () => startSick((socket) => socket.destroy())));
	const sick = [...floods, ...mutes, ...slammers];
	const sickEntries = sick.map(({ port }, index) => {
		const driver = index % 2 === 0 ? "escpos" : "toledo8217";
		return `  ziek-${index}: { driver: ${driver}, link: "tcp://127.0.0.1:${port}" }\n`;
	});
	const wrong =
		'  fout-0: { driver: telex, link: "tcp://127.0.0.1:1" }\n  fout-1: { driver: escpos, lnik: "tcp://127.0.0.1:1" }\n';
	bridge.write([...healthy.map((one, index) => printerAt(`goed-${index}`, one)), ...sickEntries, wrong].join(""));
	await Promise.all(healthy.map((_, index) => bridge.online(`goed-${index}`)));
	await Promise.all(sick.map((_, index) => bridge.until(() => bridge.stateOf(`ziek-${index}`))));
	const ids = Array.from({ length: 50 }, (_, index) =>
		bridge.command(`goed-${index % 8}`, { action: "print-text", lines: [`opdracht ${index}`] }),
	);
	const floodedBefore = floods.map(({ sent }) => sent());
	const results = await Promise.all(ids.map((id) => bridge.done(id)));
	expect(results.map(({ status }) => status)).toEqual(Array(50).fill("done"));
	for (const [index, one] of healthy.entries()) {
		const printed = one.papers.map((paper) => Number(/opdracht (\d+)/.exec(paperText(paper))?.[1]));
		expect(printed).toEqual(Array.from({ length: 50 }, (_, number) => number).filter((number) => number % 8 === index));
	}
	for (const [index, { sent }] of floods.entries()) expect(sent()).toBeGreaterThan(floodedBefore[index] ?? 0);
	for (const [index] of sick.entries()) expect(bridge.stateOf(`ziek-${index}`)?.state).not.toBe("online");
	await Promise.all([...sick, ...healthy].map((one) => one.close()));
});

async function startOther(): Promise<EmulatedPrinter & AsyncDisposable> {
	const other = await startPrinter({ port: 0, msPerLine: 2 });
	return Object.assign(other, { [Symbol.asyncDispose]: () => other.close() });
}

/** Names of the devices whose state a newcomer finds. */
async function retainedOn({ brokerUrl }: TryBridge): Promise<string[]> {
	const client = await connectAsync(brokerUrl);
	const topics: string[] = [];
	client.on("message", (topic) => topics.push(topic));
	await client.subscribeAsync(["kassahub/devices/+/state", "marker"], { qos: 1 });
	const marked = new Promise<void>((resolve) => client.on("message", (topic) => topic === "marker" && resolve()));
	await client.publishAsync("marker", "", { qos: 1 });
	await marked;
	await client.endAsync();
	return topics.flatMap((topic) => topic.split("/")[2] ?? []).sort();
}

type Sick = { port: number; sent(): number; close(): Promise<void> };

/** Something that listens where a device should, and does what it likes with who comes. */
async function startSick(welcome: (socket: Socket) => void): Promise<Sick> {
	const sockets = new Set<Socket>();
	let ended = 0;
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on("error", () => undefined);
		socket.once("close", () => {
			ended += socket.bytesWritten;
			sockets.delete(socket);
		});
		welcome(socket);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		port: (server.address() as { port: number }).port,
		sent: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, ended),
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** Babbles megabytes a second, as no device should. */
function flood(socket: Socket): void {
	const babble = Buffer.from(Array.from({ length: 16_384 }, (_, index) => (index * 31 + 97) & 0xff));
	const timer = setInterval(() => socket.write(babble), 5);
	socket.once("close", () => clearInterval(timer));
}

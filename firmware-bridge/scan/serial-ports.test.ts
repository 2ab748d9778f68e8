import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SerialPort } from "serialport";
import { afterEach, expect, test } from "vitest";
import type { DevicePlan } from "../config.ts";
import { PrinterBody } from "../emulators/printer-body.ts";
import { SerialCable } from "../emulators/pty.ts";
import { type ScaleKind, startScale } from "../emulators/scale-on-cable.ts";
import { realPath } from "../links/port.ts";
import { lookAtSerialPorts, type SerialSurroundings } from "./serial-ports.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	await Promise.all(closers.splice(0).map((close) => close()));
});

/** A machine whose serial ports are what the test plugs into it. */
function newMachine(): { root: string; byId: string } {
	const root = mkdtempSync(join(tmpdir(), "scan-"));
	const byId = join(root, "dev/serial/by-id");
	mkdirSync(byId, { recursive: true });
	return { root, byId };
}

const look = (root: string, changes: Partial<SerialSurroundings> = {}) =>
	lookAtSerialPorts({
		root,
		listPorts: () => Promise.reject(new Error("spawn udevadm ENOENT")),
		holderOf: () => undefined,
		signal: new AbortController().signal,
		...changes,
	});

async function plugIn(path: string, receive: (bytes: Uint8Array) => void = () => undefined): Promise<SerialCable> {
	const cable = new SerialCable(path, receive);
	await cable.plugIn();
	closers.push(() => cable.unplug());
	return cable;
}

test.each<[ScaleKind, string]>([
	["toledo8217", "W"],
	["mt-sics", "I4"],
	["nci", "W CR"],
	["cas", "DC1"],
	["dialog06", "EOT"],
])("a %s scale is found by its answer, and weighs as before", async (kind, because) => {
	const { root, byId } = newMachine();
	const path = join(byId, "usb-FTDI_FT232R-if00-port0");
	const scale = await startScale({ path, kind });
	closers.push(() => scale.close());
	scale.set({ grams: 456 });
	const before = structuredClone(scale.condition);
	const { seen } = await look(root);
	expect(seen).toEqual([
		{
			name: "weegschaal",
			entry: { driver: kind, link: expect.stringContaining(`serial://${path}?baud=9600&bits=`) },
			title: expect.any(String),
			because: expect.stringContaining(because),
		},
	]);
	expect(scale.condition).toEqual(before);
});

test("a receipt printer is found, and prints nothing of it", async () => {
	const { root, byId } = newMachine();
	const printer = new PrinterBody({});
	const cable = await plugIn(join(byId, "usb-Prolific"), (bytes) => printer.receive(bytes));
	printer.plugInto({ send: (bytes) => cable.send(bytes), breakOff: () => undefined });
	const { seen } = await look(root);
	expect(seen).toMatchObject([{ name: "bonprinter", entry: { driver: "escpos" } }]);
	expect(printer.papers).toEqual([]);
	expect(printer.unfinished.marks).toEqual([]);
});

test("to a device that answers nothing exactly this is sent, and one that babbles is not taken for another", async () => {
	const { root, byId } = newMachine();
	const sent: number[] = [];
	await plugIn(join(byId, "usb-mute"), (bytes) => sent.push(...bytes));
	const babbler = await plugIn(join(byId, "usb-babbler"), () => {
		babbler.send(Uint8Array.from({ length: 40 }, (_, index) => (index * 97) & 0xff));
	});
	const { seen, notes } = await look(root);
	expect(seen).toEqual([]);
	expect(notes).toEqual([
		`nothing that is known answers on ${join(byId, "usb-babbler")}`,
		`nothing that is known answers on ${join(byId, "usb-mute")}`,
	]);
	const statusFourTimes = Array(4).fill([0x10, 0x04, 0x01]).flat();
	expect(sent).toEqual([...statusFourTimes, 0x05, 0x04, 0x05, ...Buffer.from("W\rW\r\r\nI4\r\n")]);
});

test("a scanner is known by its name alone", async () => {
	const { root, byId } = newMachine();
	await plugIn(join(byId, "usb-Honeywell_1900-if00"));
	const { seen } = await look(root);
	expect(seen).toMatchObject([{ name: "scanner", entry: { driver: "scanner" } }]);
});

test("a port of devices.yaml, an open one and a console are not touched; one with two names is asked once", async () => {
	const { root, byId } = newMachine();
	const sent: string[] = [];
	const ports: Record<string, string> = {};
	for (const name of ["used", "open", "console", "free"]) {
		ports[name] = join(root, "dev", name);
		await plugIn(ports[name], () => sent.push(name));
	}
	const real = (name: string): string => realPath(ports[name] ?? "");
	symlinkSync(real("free"), join(byId, "usb-free"));
	symlinkSync(real("used"), join(byId, "usb-used"));
	mkdirSync(join(root, "proc"));
	writeFileSync(join(root, "proc/consoles"), `console  -W- (EC p a)    4:64\n`);
	const other = new SerialPort({ path: real("open"), baudRate: 9600, lock: true, autoOpen: false });
	await new Promise<void>((resolve, reject) => other.open((error) => (error ? reject(error) : resolve())));

	const holder: DevicePlan = {
		name: "weegschaal",
		link: `serial://${ports.used}`,
		driverName: "toledo8217",
		fault: { code: "DEVICE_CONFIG_INVALID" },
	};
	const { seen, notes } = await look(root, {
		listPorts: async () => ["used", "open", "console", "free"].map((name) => ({ path: real(name) })),
		holderOf: (path) => (path === real("used") ? holder : undefined),
	});
	await new Promise((resolve) => other.close(resolve));
	expect(new Set(sent)).toEqual(new Set(["free"]));
	expect(seen).toMatchObject([{ name: "weegschaal", entry: { link: holder.link } }]);
	expect(notes).toHaveLength(2);
	expect(notes.join()).toContain(`${real("open")}: `);
	expect(notes.join()).toContain("usb-free");
});

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "@kassahub/contracts/config-file.ts";
import { Proposal } from "@kassahub/contracts/device-proposal.ts";
import { pino } from "pino";
import { Value } from "typebox/value";
import { afterEach, expect, test } from "vitest";
import { planDevices } from "../config.ts";
import { drivers as listed } from "../drivers/index.ts";
import { evdevScanner } from "../drivers/scanners/evdev-scanner.ts";
import { type EmulatedPrinter, startPrinter } from "../emulators/escpos.ts";
import { startScale } from "../emulators/scale-on-cable.ts";
import type { Announced } from "./announcements.ts";
import { endpointsToAsk } from "./lan-printers.ts";
import { type Scan, type Surroundings, scan } from "./scan.ts";
import { cardReadersOnUsb } from "./usb-bus.ts";

const log = pino({ level: "silent" });
const drivers = [...listed.filter(({ name }) => name !== evdevScanner.name), evdevScanner];
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	await Promise.all(closers.splice(0).map((close) => close()));
});

/** Nothing but what a test puts there; of addresses only those of the loopback. */
const emptyWorld = (): Surroundings => ({
	root: mkdtempSync(join(tmpdir(), "scan-")),
	listPorts: async () => [],
	hosts: () => [],
	printerPort: 1,
	announced: async () => [],
	others: {},
});

function look(world: Surroundings, devices = ""): Promise<Scan> {
	const file = readConfig(`shop: { id: winkel, name: Winkel }\ndevices:\n${devices}`);
	return scan({ plans: planDevices(file, { drivers, folder: "/" }), drivers, surroundings: world, log });
}

async function printerOn(host: string, port = 0): Promise<EmulatedPrinter> {
	const printer = await startPrinter({ port, host });
	closers.push(() => printer.close());
	return printer;
}

/** Something that takes connections, and what it was sent. */
async function listener(host: string, port: number): Promise<{ sent: Buffer[]; visits: () => number }> {
	const sent: Buffer[] = [];
	let visits = 0;
	const server: Server = createServer((socket) => {
		visits++;
		socket.on("data", (bytes) => sent.push(bytes));
		socket.on("error", () => undefined);
	});
	await new Promise<void>((resolve) => server.listen(port, host, resolve));
	closers.push(() => new Promise((resolve) => server.close(resolve)));
	return { sent, visits: () => visits };
}

const announcedAt = (host: string, port: number, txt: Record<string, string>): Announced => ({
	type: "pdl-datastream",
	host,
	port,
	name: "printer",
	txt,
});

test("on an empty machine nothing is found, and nothing fails", async () => {
	expect(await look(emptyWorld())).toEqual({ found: [], notes: [] });
});

test("receipt printers on the network are found by their status alone, and print nothing", async () => {
	const first = await printerOn("127.0.0.2");
	const second = await printerOn("127.0.0.3", first.port);
	const mute = await listener("127.0.0.4", first.port);
	const { found, notes } = await look({
		...emptyWorld(),
		hosts: () => ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"],
		printerPort: first.port,
	});
	expect(found.map(({ name, entry }) => [name, entry.driver, entry.link])).toEqual([
		["bonprinter", "escpos", `tcp://127.0.0.2:${first.port}`],
		["bonprinter-2", "escpos", `tcp://127.0.0.3:${first.port}`],
	]);
	expect(notes).toEqual([`no receipt printer, though it takes connections: 127.0.0.4:${first.port}`]);
	expect([first.papers, second.papers]).toEqual([[], []]);
	expect(Buffer.concat(mute.sent)).toEqual(Buffer.from([0x10, 0x04, 0x01]));
});

test("what is in use, and an office printer, are not contacted", async () => {
	const port = await portThatIsFree();
	const office = await listener("127.0.0.3", port);
	const inUse = await listener("127.0.0.4", port);
	const { found, notes } = await look(
		{
			...emptyWorld(),
			hosts: () => ["127.0.0.3", "127.0.0.4"],
			printerPort: port,
			announced: async () => [
				announcedAt("127.0.0.3", port, { pdl: "application/postscript" }),
				announcedAt("127.0.0.4", port, { ty: "EPSON TM-m30III" }),
			],
		},
		`  keuken: { driver: escpos, link: "tcp://127.0.0.4:${port}" }\n`,
	);
	expect(found).toEqual([
		{
			name: "keuken",
			entry: { driver: "escpos", link: `tcp://127.0.0.4:${port}` },
			title: "EPSON TM-m30III",
			because: `127.0.0.4:${port} announces itself (mDNS)`,
			usedBy: "keuken",
		},
	]);
	expect(notes).toEqual(["an office printer by its own words, so not asked: 127.0.0.3"]);
	expect([office.visits(), inUse.visits()]).toEqual([0, 0]);
});

test("no address outside the shop's own networks is on the list of what is asked", () => {
	const announced = [announcedAt("84.22.1.1", 9100, {}), announcedAt("192.168.1.51", 9101, {})];
	expect(endpointsToAsk(["192.168.1.50", "8.8.8.8", "192.0.2.7", "::1"], 9100, announced)).toEqual([
		{ host: "192.168.1.50", port: 9100 },
		{ host: "192.168.1.51", port: 9101 },
	]);
});

async function portThatIsFree(): Promise<number> {
	const printer = await startPrinter({ port: 0, host: "127.0.0.9" });
	const { port } = printer;
	await printer.close();
	return port;
}

test("everything that is plugged in is proposed at once, each under a name of its own that devices.yaml would take", async () => {
	const world = emptyWorld();
	const byId = join(world.root, "dev/serial/by-id");
	mkdirSync(byId, { recursive: true });
	const scale = await startScale({ path: join(byId, "usb-FTDI-if00-port0"), kind: "toledo8217" });
	const taken = await startScale({ path: join(byId, "usb-Prolific-if00-port0"), kind: "toledo8217" });
	closers.push(
		() => scale.close(),
		() => taken.close(),
	);
	const inputs = join(world.root, "dev/input/by-id");
	mkdirSync(inputs, { recursive: true });
	for (const name of ["usb-Honeywell_1900-event-kbd", "usb-Logitech_K120-event-kbd", "usb-Logitech_M90-event-mouse"]) {
		writeFileSync(join(inputs, name), "");
	}
	const usb = join(world.root, "sys/bus/usb/devices");
	for (const [folder, fields] of Object.entries({
		"1-1": { idVendor: "04b8", idProduct: "0202", serial: "J3K4", manufacturer: "EPSON", product: "TM-T20III" },
		"1-1:1.0": { bInterfaceClass: "07", ieee1284_id: "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;" },
		"1-2": { idVendor: "03f0", idProduct: "0c17", manufacturer: "HP", product: "LaserJet" },
		"1-2:1.0": { bInterfaceClass: "07", ieee1284_id: "MFG:HP;MDL:LaserJet;CMD:PJL,PCLXL,PCL,POSTSCRIPT;CLS:PRINTER;" },
		"1-1.2": { idVendor: "072f", idProduct: "2200", manufacturer: "ACS", product: "ACR122U" },
		"1-1.2:1.0": { bInterfaceClass: "0b" },
		usb1: { idVendor: "1d6b", idProduct: "0002" },
	})) {
		mkdirSync(join(usb, folder), { recursive: true });
		for (const [name, value] of Object.entries(fields)) writeFileSync(join(usb, folder, name), `${value}\n`);
	}
	const printer = await printerOn("127.0.0.2");
	const { found, notes } = await look(
		{ ...world, hosts: () => ["127.0.0.2"], printerPort: printer.port },
		`  weegschaal: { driver: toledo8217, link: "serial://${taken.path}" }\n  scanner: { driver: telex, link: "tcp://127.0.0.9" }\n`,
	);
	for (const proposal of found) expect(Value.Check(Proposal, proposal)).toBe(true);
	expect(found.map(({ name, entry, usedBy }) => [name, entry.driver, entry.link, usedBy])).toEqual([
		["weegschaal-2", "toledo8217", `serial://${scale.path}?baud=9600&bits=7&parity=even&stop=1`, undefined],
		["bonprinter", "escpos", "usb://04b8:0202/J3K4", undefined],
		["scanner-2", "scanner-hid", `evdev://${inputs}/usb-Honeywell_1900-event-kbd`, undefined],
		["scanner-3", "scanner-hid", `evdev://${inputs}/usb-Logitech_K120-event-kbd`, undefined],
		["bonprinter-2", "escpos", `tcp://127.0.0.2:${printer.port}`, undefined],
		["weegschaal", "toledo8217", `serial://${taken.path}`, "weegschaal"],
	]);
	expect(new Set(found.map(({ name }) => name)).size).toBe(found.length);
	expect(notes).toEqual(["an office printer by its own words: HP LaserJet"]);
	expect(found[1]?.because).toContain("an ESC/POS printer by its own words");
	expect(await cardReadersOnUsb(world.root)).toEqual(["ACS ACR122U"]);
	// What is proposed can be put into devices.yaml as it is.
	const entries = found
		.filter(({ usedBy }) => !usedBy)
		.map(({ name, entry }) => `  ${name}: ${JSON.stringify(entry)}\n`);
	const file = readConfig(`shop: { id: winkel, name: Winkel }\ndevices:\n${entries.join("")}`);
	for (const plan of planDevices(file, { drivers, folder: "/" })) expect(plan).not.toHaveProperty("fault");
});

test("a place that cannot be searched is named, and the others are searched all the same", async () => {
	const printer = await printerOn("127.0.0.2");
	const { found, notes } = await look({
		...emptyWorld(),
		hosts: () => ["127.0.0.2"],
		printerPort: printer.port,
		others: {
			sensors: () => Promise.reject(new Error("broken")),
			readers: async () => ({
				seen: [{ name: "x", entry: { driver: "no-such-driver", link: "tcp://127.0.0.1" }, title: "", because: "" }],
				notes: ["a reader"],
			}),
		},
	});
	expect(found).toHaveLength(1);
	expect(notes).toEqual(expect.arrayContaining(["sensors could not be searched", "a reader"]));
});

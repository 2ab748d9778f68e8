import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SerialCable } from "../emulators/pty.ts";
import type { Link, SerialSettings } from "./link.ts";
import { openSerial } from "./serial.ts";

const XON = 0x11;
const XOFF = 0x13;
let cable: SerialCable;
let link: Link | undefined;
let heardByDevice: (bytes: Uint8Array) => void;

beforeEach(async () => {
	heardByDevice = () => undefined;
	cable = new SerialCable(join(mkdtempSync(join(tmpdir(), "serial-")), "port"), (bytes) => heardByDevice(bytes));
	await cable.plugIn();
});

afterEach(async () => {
	await link?.close();
	await cable.unplug();
});

async function open(flow?: SerialSettings["flow"]): Promise<Link> {
	const settings: SerialSettings = { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1 };
	link = await openSerial(cable.path, flow ? { ...settings, flow } : settings, () => undefined);
	return link;
}

const termios = (): string[] =>
	execFileSync("stty", ["-aF", cable.path])
		.toString()
		.split(/[\s;]+/);

test.each([
	[undefined, ["-ixon", "-crtscts"]],
	["none", ["-ixon", "-crtscts"]],
	["hardware", ["-ixon", "crtscts"]],
	["software", ["ixon", "-crtscts"]],
] as const)("flow control %s is what the port is set to, and XOFF is never sent", async (flow, words) => {
	await open(flow);
	expect(termios()).toEqual(expect.arrayContaining([...words, "-ixoff"]));
});

test("a device that is full is sent nothing until it has room again, however often, and loses nothing", async () => {
	const port = await open("software");
	let heard = "";
	let received = "";
	let wake: () => void = () => undefined;
	port.listen((bytes) => {
		heard += Buffer.from(bytes);
		wake();
	});
	heardByDevice = (bytes) => {
		received += Buffer.from(bytes);
		wake();
	};
	const until = async (isSo: () => boolean): Promise<void> => {
		while (!isSo()) {
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
		}
	};
	const say = async (flow: number, word: string): Promise<void> => {
		cable.send(Uint8Array.of(flow, ...Buffer.from(word)));
		await until(() => heard.endsWith(word));
	};
	for (let round = 0; round < 50; round++) {
		await say(XOFF, `vol ${round}.`);
		const before = received;
		const written = port.write(Buffer.from(`bon ${round}.`));
		expect(received).toBe(before);
		await say(XON, `leeg ${round}.`);
		await written;
		await until(() => received.endsWith(`bon ${round}.`));
	}
	expect(received).toBe(Array.from({ length: 50 }, (_, round) => `bon ${round}.`).join(""));
	expect(heard).toBe(Array.from({ length: 50 }, (_, round) => `vol ${round}.leeg ${round}.`).join(""));
});

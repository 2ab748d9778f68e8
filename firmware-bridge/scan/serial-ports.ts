import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DevicePlan } from "../config.ts";
import { DeviceError } from "../fault.ts";
import { realPath } from "../links/port.ts";
import { openSerial } from "../links/serial.ts";
import { pause } from "../pause.ts";
import type { Look, Seen } from "./seen.ts";
import { type Ask, type SerialQuestion, serialQuestions } from "./serial-questions.ts";

const ANSWER_MS = 400;
/** So long after the last byte an answer is over. */
const SILENCE_MS = 60;
const BYTES_MAX = 256;
/** Makers of scanners, in the names that they give their USB ports. */
const SCANNER = /honeywell|metrologic|hand_held|symbol|zebra|datalogic|newland|opticon|barcode|scanner/i;

export type PortInfo = { path: string; manufacturer?: string | undefined };

export type SerialSurroundings = {
	/** The root of the file system. */
	root: string;
	listPorts(): Promise<PortInfo[]>;
	/** The device of devices.yaml that has a port, by the port's real path. */
	holderOf(path: string): DevicePlan | undefined;
	signal: AbortSignal;
};

/** Serial ports, and what hangs on those that nobody uses: they are asked, all at once, one question after another. */
export async function lookAtSerialPorts(surroundings: SerialSurroundings): Promise<Look> {
	const ports = await portsIn(surroundings);
	const looks = await Promise.all(
		ports.map(async ({ path, real }): Promise<Look> => {
			const holder = surroundings.holderOf(real);
			if (holder) return { seen: [inUse(path, holder)], notes: [] };
			return askPort(path, surroundings.signal);
		}),
	);
	return { seen: looks.flatMap(({ seen }) => seen), notes: looks.flatMap(({ notes }) => notes) };
}

/** Every port once, by the name that stays the same after a restart where it has one; never one with a console on it. */
async function portsIn({ root, listPorts }: SerialSurroundings): Promise<{ path: string; real: string }[]> {
	const folder = join(root, "dev/serial/by-id");
	const named = (await readdir(folder).catch(() => [])).sort().map((name) => join(folder, name));
	// Without udevadm the package lists nothing, and says so by failing.
	const listed = (await listPorts().catch(() => [])).map(({ path }) => path);
	const consoles = new Set(await consolesIn(root));
	const ports = new Map<string, string>();
	for (const path of [...named, ...listed]) {
		const real = realPath(path);
		if (!ports.has(real) && !consoles.has(real)) ports.set(real, path);
	}
	return [...ports].map(([real, path]) => ({ path, real }));
}

/** /proc/consoles: `ttyS0  -W- (EC p a)  4:64`. A question there would be a line typed at a login. */
async function consolesIn(root: string): Promise<string[]> {
	const text = await readFile(join(root, "proc/consoles"), "utf8").catch(() => "");
	return text
		.split("\n")
		.flatMap((line) => (/^\w/.test(line) ? [realPath(join(root, "dev", line.split(/\s/)[0] ?? ""))] : []));
}

async function askPort(path: string, signal: AbortSignal): Promise<Look> {
	for (const question of serialQuestions) {
		if (signal.aborted) break;
		try {
			const answer = await askOnce(path, question);
			if (answer) return { seen: [asSeen(path, question, answer)], notes: [] };
		} catch (error) {
			if (!(error instanceof DeviceError)) throw error;
			// Another program has it, this user may not, or there is no hardware behind it.
			return { seen: [], notes: [`${path}: ${error.detail ?? error.code}`] };
		}
	}
	if (SCANNER.test(path)) {
		const title = "Barcode scanner on a serial port";
		const because = `${path}, by its name; a scanner answers no question`;
		return {
			seen: [{ name: "scanner", entry: { driver: "scanner", link: `serial://${path}` }, title, because }],
			notes: [],
		};
	}
	return { seen: [], notes: [`nothing that is known answers on ${path}`] };
}

async function askOnce(path: string, question: SerialQuestion): Promise<string | undefined> {
	const link = await openSerial(path, question.settings, () => undefined);
	let heard = Buffer.alloc(0);
	let wake: () => void = () => undefined;
	link.listen((bytes) => {
		heard = Buffer.concat([heard, bytes]).subarray(0, BYTES_MAX);
		wake();
	});
	const ask: Ask = async (bytes) => {
		heard = Buffer.alloc(0);
		await link.write(bytes);
		const deadline = performance.now() + ANSWER_MS;
		for (let rest = ANSWER_MS; rest > 0; rest = deadline - performance.now()) {
			const before = heard.length;
			const woken = new Promise<void>((resolve) => {
				wake = resolve;
			});
			await pause(before > 0 ? Math.min(SILENCE_MS, rest) : rest, woken);
			if (heard.length > 0 && heard.length === before) break;
		}
		return heard;
	};
	try {
		return await question.recognise(ask);
	} finally {
		await link.close();
	}
}

const inUse = (path: string, { name, link, driverName, driver }: DevicePlan): Seen => ({
	name,
	entry: { driver: driverName, link },
	title: driver?.title ?? driverName,
	because: `${path} is there, and was not asked`,
});

function asSeen(path: string, { driver, name, title, settings, sends }: SerialQuestion, answer: string): Seen {
	const { baudRate, dataBits, parity, stopBits } = settings;
	const link = `serial://${path}?baud=${baudRate}&bits=${dataBits}&parity=${parity}&stop=${stopBits}`;
	return { name, entry: { driver, link }, title, because: `${path} ${answer} (asked: ${sends})` };
}

import type { Command } from "@kassahub/contracts/command.ts";
import { type Static, Type } from "typebox";
import { DeviceError, fault } from "../../fault.ts";
import type { Link } from "../../links/link.ts";
import { pause } from "../../pause.ts";
import { defineSensor } from "../define.ts";
import type { Outcome, Report, Session } from "../driver.ts";
import { WireError } from "../wire.ts";
import type { Measured } from "./gauge.ts";
import { SensorBoard } from "./sensor-board.ts";
import { type Answer, ShelfNodeBus } from "./shelf-node-bus.ts";
import { decodeFrame, encodePoll, encodeTare, splitFrames } from "./shelf-node-codec.ts";
import { sensorSettings } from "./shelf-settings.ts";

const Settings = Type.Object(
	{
		...sensorSettings,
		pollMs: Type.Integer({ default: 500, minimum: 10, maximum: 60_000, description: "Time between two rounds" }),
		answerMs: Type.Integer({ default: 30, minimum: 10, maximum: 1000, description: "Time an answer may take" }),
	},
	{ additionalProperties: false },
);
type Settings = Static<typeof Settings>;

const ADDRESS_MAX = 127;
const MISSES_MAX = 3;
const POLL_AWAY_MS = 5000;

/** Shelf nodes on a serial bus. Their weights are for stock, never for selling by. */
export const shelfNode = defineSensor({
	name: "shelf-node",
	title: "Kassahub's own wired shelf nodes, many on one RS-485 cable",
	provenOn: "emulator only",
	speaks: "bytes",
	schemes: ["serial", "tcp"],
	serial: { baudRate: 115_200, dataBits: 8, parity: "none", stopBits: 1 },
	tcpPort: 4001,
	settings: Settings,
	actions: ["self-test", "tare"],
	wire: {
		frames: splitFrames,
		explain(bytes) {
			const frame = decodeFrame(bytes);
			if (frame.kind === "garbled") throw new WireError(frame.detail);
			return { ...frame };
		},
	},
	async open(link, settings, report) {
		return new ShelfNodeSession(link, settings, report);
	},
});

type Node = { address: number; misses: number; garbles: number; nextAtMs: number };

class ShelfNodeSession implements Session {
	readonly #link: Link;
	readonly #bus: ShelfNodeBus;
	readonly #settings: Settings;
	readonly #board: SensorBoard;
	readonly #nodes: Node[];
	#isGone = false;

	constructor(link: Link, settings: Settings, report: Report) {
		this.#link = link;
		this.#settings = settings;
		this.#bus = new ShelfNodeBus(link, settings.answerMs);
		this.#board = new SensorBoard(settings, report);
		const addresses = new Set(settings.shelves.map(({ name, source }) => addressOf(name, source)));
		this.#nodes = [...addresses].map((address) => ({ address, misses: 0, garbles: 0, nextAtMs: 0 }));
		this.#board.declare(this.#nodes.flatMap(({ address }) => this.#measuredBy(address)));
		void link.gone.then(() => {
			this.#isGone = true;
		});
	}

	async watch(): Promise<void> {
		try {
			while (!this.#isGone) {
				for (const node of this.#nodes) await this.#poll(node);
				this.#judgeLine();
				await pause(this.#settings.pollMs, this.#link.gone);
			}
		} catch (error) {
			// The port went in the middle of a question: whoever opened it is told by `gone`.
			if (!(error instanceof DeviceError) || error.code !== "DEVICE_UNREACHABLE") throw error;
		} finally {
			this.#board.close();
		}
	}

	async perform(command: Command): Promise<Outcome> {
		return command.action === "tare" ? this.#tare(command) : this.#board.selfTest();
	}

	#measuredBy(address: number): Measured[] {
		const { name } = this.#settings.shelves.find(({ source }) => Number(source) === address) ?? { name: `${address}` };
		const freshMs = Number.POSITIVE_INFINITY;
		return [
			{ id: String(address), label: name, kind: "weight", unit: "g", freshMs },
			{ id: `${address}.temperature`, label: name, kind: "temperature", unit: "°C", freshMs },
			{ id: `${address}.battery`, label: name, kind: "battery", unit: "%", freshMs },
		];
	}

	async #poll(node: Node): Promise<void> {
		if (this.#isGone || performance.now() < node.nextAtMs) return;
		// A node that is away is asked once, so that it does not hold the others up.
		const isAway = node.misses >= MISSES_MAX;
		const answer = await this.#bus.ask(node.address, encodePoll, isAway ? 0 : undefined);
		this.#take(node, answer);
		node.nextAtMs = node.misses >= MISSES_MAX ? performance.now() + POLL_AWAY_MS : 0;
	}

	#take(node: Node, answer: Answer): void {
		const id = String(node.address);
		node.garbles = answer === "garbled" ? node.garbles + 1 : 0;
		node.misses = answer === "silent" ? node.misses + 1 : 0;
		if (answer === "silent" && node.misses >= MISSES_MAX)
			for (const part of partsOf(id)) this.#board.setPresence("away", part);
		if (typeof answer !== "object") return;
		for (const part of partsOf(id)) this.#board.setPresence("there", part);
		if (answer.kind === "error")
			this.#board.spoil(id, fault("SENSOR_DEFECT", `node ${id} reports error ${answer.code}`));
		if (answer.kind === "hello" && this.#nodes.length === 1) {
			const { serialNumber, firmware } = answer;
			this.#board.declare(this.#measuredBy(node.address), { serialNumber, firmware });
		}
		if (answer.kind !== "measurement") return;
		const { grams, status, celsius, battery } = answer;
		this.#board.take(`${id}.temperature`, celsius);
		this.#board.take(`${id}.battery`, battery);
		if (status.isDefect) this.#board.spoil(id, fault("SENSOR_DEFECT", `node ${id}`));
		else if (status.isOver || status.isUnder) {
			this.#board.spoil(
				id,
				fault("SENSOR_VALUE_INVALID", `node ${id} is ${status.isOver ? "overloaded" : "below its range"}`),
			);
		}
		// Someone is taking something: what lies there in a moment counts.
		else if (!status.isUnstable) this.#board.take(id, grams);
	}

	/** Two nodes with one address show as answers of that address alone that cannot be read. */
	#judgeLine(): void {
		const garbled = this.#nodes.filter(({ garbles }) => garbles >= MISSES_MAX);
		const isWholeLine = garbled.length > 1 && garbled.length === this.#nodes.length;
		for (const { address } of garbled) {
			const why = isWholeLine
				? fault("DEVICE_GARBLED", "no node's answers can be read: look at the cable, its ends and the baud rate")
				: fault("SENSOR_ADDRESS_CONFLICT", `node ${address}: its answers collide, or its cable is bad`);
			this.#board.spoil(String(address), why);
		}
	}

	async #tare({ grams }: { grams?: number }): Promise<Outcome> {
		const [node, ...others] = this.#nodes;
		if (grams !== undefined || !node || others.length > 0) {
			const detail =
				grams === undefined ? "several shelves are on this cable" : "a shelf takes what lies on it as its tare";
			return { status: "failed", fault: fault("COMMAND_UNKNOWN", detail) };
		}
		// Asked once: a second tare would take off what was put down in between.
		const answer = await this.#bus.ask(node.address, encodeTare, 0);
		if (typeof answer !== "object")
			return { status: "unknown", fault: fault("SENSOR_OFFLINE", `${answer} after a tare`) };
		if (answer.kind === "acknowledged") return { status: "done", detail: "for stock only, never to sell by" };
		const code = answer.kind === "refused" ? ` with code ${answer.code}` : "";
		return { status: "failed", fault: fault("SENSOR_VALUE_INVALID", `the node refused${code}; is its shelf at rest?`) };
	}
}

const partsOf = (id: string): string[] => [id, `${id}.temperature`, `${id}.battery`];

function addressOf(shelf: string, source: string | number | undefined): number {
	const address = Number(source ?? Number.NaN);
	if (Number.isInteger(address) && address >= 1 && address <= ADDRESS_MAX) return address;
	throw new DeviceError(
		"DEVICE_CONFIG_INVALID",
		`shelf ${shelf}: source must be its node's address, 1 to ${ADDRESS_MAX}`,
	);
}

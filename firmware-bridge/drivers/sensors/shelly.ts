import { Type } from "typebox";
import { fault } from "../../fault.ts";
import type { TopicLink } from "../../links/link.ts";
import { defineSensor } from "../define.ts";
import type { Report, Session } from "../driver.ts";
import type { Measured } from "./gauge.ts";
import { SensorBoard } from "./sensor-board.ts";
import { brokerSettings, type SensorSettings, sensorSettings } from "./shelf-settings.ts";
import { decodeGen1, decodeGen2, type ShellySaid } from "./shelly-codec.ts";
import { readText, topicWire } from "./topic-wire.ts";

const Settings = Type.Object({ ...sensorSettings, ...brokerSettings }, { additionalProperties: false });

const ANNOUNCED_WITHIN_MS = 60_000;
/** One device has a handful of components; a prefix that others share must not gather more. */
const MEASURED_MAX = 64;

/** Shelly devices by their own topics: the link names the device's prefix. */
export const shelly = defineSensor({
	name: "shelly",
	title: "Shelly sensors by their own MQTT topics, first generation and later",
	provenOn: "emulator only",
	speaks: "topics",
	schemes: ["mqtt", "mqtts"],
	settings: Settings,
	actions: ["self-test"],
	wire: topicWire(readText),
	open: (link, settings, report) => new ShellySession(link, settings, report).begin(),
});

class ShellySession implements Session {
	readonly #link: TopicLink;
	readonly #board: SensorBoard;
	readonly #measured = new Map<string, Measured>();
	#identity: Extract<ShellySaid, { kind: "identity" }>["identity"] = {};
	#silence: NodeJS.Timeout | undefined;

	constructor(link: TopicLink, settings: SensorSettings, report: Report) {
		this.#link = link;
		this.#board = new SensorBoard(settings, report);
	}

	async begin(): Promise<this> {
		const prefix = this.#link.topic;
		const isGen1 = prefix.startsWith("shellies/");
		const decode = isGen1 ? decodeGen1 : decodeGen2;
		const hear = (topic: string, payload: Uint8Array) =>
			this.#hear(decode(topic.slice(prefix.length + 1), payload), topic.slice(prefix.length + 1));
		if (isGen1) {
			await this.#link.subscribe(`${prefix}/#`, hear);
			await this.#ask(`${prefix}/command`, "announce");
			await this.#ask(`${prefix}/command`, "update");
		} else await this.#beginGen2(prefix, hear);
		this.#silence = setTimeout(() => {
			const missing = fault("SENSOR_UNANNOUNCED", `nothing on ${prefix}/#`);
			if (this.#measured.size === 0) this.#board.setTrouble({ state: "offline", fault: missing });
		}, ANNOUNCED_WITHIN_MS);
		return this;
	}

	async #beginGen2(prefix: string, hear: (topic: string, payload: Uint8Array) => void): Promise<void> {
		await this.#link.subscribe(`${prefix}/online`, hear);
		await this.#link.subscribe(`${prefix}/status/+`, hear);
		await this.#link.subscribe(`${prefix}/events/rpc`, hear);
		// The answer comes on `<src>/rpc`; a topic below the prefix of the device that was asked is ours alone.
		const src = `${prefix}/kassahub`;
		await this.#link.subscribe(`${src}/rpc`, (_, payload) => this.#hear(decodeGen2("rpc", payload), "rpc"));
		await this.#ask(`${prefix}/rpc`, JSON.stringify({ id: 1, src, method: "Shelly.GetStatus" }));
	}

	async watch(): Promise<void> {
		await this.#link.gone;
		clearTimeout(this.#silence);
		this.#board.close();
	}

	async perform(): ReturnType<Session["perform"]> {
		return this.#board.selfTest();
	}

	/** A device that sleeps hears nothing of it, and tells by itself when it wakes. */
	async #ask(topic: string, question: string): Promise<void> {
		await this.#link.publish(topic, Buffer.from(question));
	}

	#hear(said: ShellySaid, topic: string): void {
		switch (said.kind) {
			case "presence":
				this.#board.setPresence(said.isThere ? "there" : "away");
				break;
			case "identity":
				this.#identity = said.identity;
				this.#declare();
				break;
			case "values":
				this.#takeAll(said.values);
				break;
			case "fault":
				this.#garbled(topic, said.detail);
		}
	}

	#takeAll(values: Extract<ShellySaid, { kind: "values" }>["values"]): void {
		const known = this.#measured.size;
		for (const { measured } of values) {
			if (this.#measured.size < MEASURED_MAX && !this.#measured.has(measured.id)) {
				this.#measured.set(measured.id, measured);
			}
		}
		if (this.#measured.size > known) this.#declare();
		this.#board.setTrouble(undefined);
		for (const { measured, value } of values) {
			const invalid = fault("SENSOR_VALUE_INVALID", `${measured.label}: no number`);
			if (value === undefined) this.#board.spoil(measured.id, invalid);
			else this.#board.take(measured.id, value);
		}
	}

	#declare(): void {
		this.#board.declare([...this.#measured.values()], this.#identity);
	}

	/** A status that cannot be read may have been of any of its component's values. */
	#garbled(topic: string, why: string): void {
		const component = topic.replace(/^status\//, "");
		for (const { id, label } of this.#measured.values()) {
			if (id.startsWith(`${component}.`) || topic === "events/rpc") {
				this.#board.doubt(id, fault("SENSOR_VALUE_INVALID", `${label}: ${why}`));
			}
		}
	}
}

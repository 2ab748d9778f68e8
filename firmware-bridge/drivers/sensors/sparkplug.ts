import { Type } from "typebox";
import { DeviceError, fault } from "../../fault.ts";
import type { TopicLink } from "../../links/link.ts";
import { defineSensor } from "../define.ts";
import type { Report, Session } from "../driver.ts";
import { SensorBoard } from "./sensor-board.ts";
import { brokerSettings, type SensorSettings, sensorSettings } from "./shelf-settings.ts";
import { type Decoded, decodePayload, type Metric, readPlace } from "./sparkplug-codec.ts";
import { identityOf, measuredOf } from "./sparkplug-metrics.ts";
import { EdgeNode } from "./sparkplug-node.ts";
import { readText, topicWire } from "./topic-wire.ts";

const Settings = Type.Object(
	{
		...sensorSettings,
		...brokerSettings,
		hostId: Type.String({
			default: "kassahub",
			pattern: "^[^/+#]{1,40}$",
			description: "Id of the host application that edge nodes wait for",
		}),
	},
	{ additionalProperties: false },
);

/** A device that its node's birth announces is born within this, or it is not there. */
const BORN_WITHIN_MS = 5000;
/** So long a node may take to answer before its device is said to be missing. */
const ANNOUNCED_WITHIN_MS = 60_000;

/** The devices of a Sparkplug edge node, or the node itself. */
export const sparkplug = defineSensor({
	name: "sparkplug",
	title: "Sensors behind a Sparkplug B edge node",
	provenOn: "emulator only",
	speaks: "topics",
	schemes: ["mqtt", "mqtts"],
	settings: Settings,
	actions: ["self-test"],
	wire: topicWire((payload, topic) => (readPlace(topic) ? explainPayload(decodePayload(payload)) : readText(payload))),
	async open(link, settings, report) {
		const [namespace, group, node, device, ...rest] = link.topic.split("/");
		if (namespace !== "spBv1.0" || !group || !node || rest.length > 0) {
			throw new DeviceError("DEVICE_CONFIG_INVALID", "write mqtt://hub/spBv1.0/<group>/<edge node>/<device>");
		}
		const edge = link.shared(`edge ${group}/${node}`, (all) => new EdgeNode(all, { group, node }));
		return new SparkplugSession(link, edge, { group, node, device }, settings, report).begin();
	},
});

function explainPayload(decoded: Decoded): Record<string, unknown> {
	if ("fault" in decoded) return decoded;
	const metrics = decoded.metrics.map(({ name, alias, value, unit }) => ({ name, alias, value, unit }));
	return JSON.parse(JSON.stringify({ ...decoded, metrics }));
}

/** One device, or the node itself where no device is named, from its birth to its death. */
class SparkplugSession implements Session {
	readonly #link: TopicLink;
	readonly #edge: EdgeNode;
	readonly #place: { group: string; node: string; device: string | undefined };
	readonly #board: SensorBoard;
	/** The names and datatypes of its birth, by alias; undefined before there was one. */
	#born: { byAlias: Map<number, Metric>; byName: Map<string, Metric> } | undefined;
	#birth: NodeJS.Timeout | undefined;
	#leave: () => void = () => undefined;

	constructor(
		link: TopicLink,
		edge: EdgeNode,
		place: { group: string; node: string; device: string | undefined },
		settings: SensorSettings,
		report: Report,
	) {
		this.#link = link;
		this.#edge = edge;
		this.#place = place;
		this.#board = new SensorBoard(settings, report);
	}

	async begin(): Promise<this> {
		const { group, node, device } = this.#place;
		const kind = device === undefined ? "N" : "D";
		const tail = device === undefined ? node : `${node}/${device}`;
		await this.#link.subscribe(`spBv1.0/${group}/${kind}BIRTH/${tail}`, (_, payload) => this.#hearBirth(payload));
		await this.#link.subscribe(`spBv1.0/${group}/${kind}DATA/${tail}`, (_, payload) => this.#hearData(payload));
		if (device !== undefined) {
			await this.#link.subscribe(`spBv1.0/${group}/DDEATH/${tail}`, () => this.#nodeDied());
		}
		this.#leave = this.#edge.join({ reborn: () => this.#nodeBorn(), died: () => this.#nodeDied() });
		if (!this.#born) this.#awaitBirth(ANNOUNCED_WITHIN_MS, "SENSOR_UNANNOUNCED");
		this.#edge.requestRebirth();
		return this;
	}

	async watch(): Promise<void> {
		await this.#link.gone;
		this.#leave();
		clearTimeout(this.#birth);
		this.#board.close();
	}

	async perform(): ReturnType<Session["perform"]> {
		return this.#board.selfTest();
	}

	#nodeBorn(): void {
		// The node's own metrics come with its birth, which this session hears itself.
		if (this.#place.device === undefined) return;
		this.#born = undefined;
		this.#awaitBirth(BORN_WITHIN_MS, "SENSOR_OFFLINE");
	}

	#nodeDied(): void {
		this.#born = undefined;
		clearTimeout(this.#birth);
		this.#board.setPresence("away");
	}

	#awaitBirth(withinMs: number, code: "SENSOR_UNANNOUNCED" | "SENSOR_OFFLINE"): void {
		clearTimeout(this.#birth);
		this.#birth = setTimeout(() => {
			this.#board.setPresence("away");
			this.#board.setTrouble({ state: "offline", fault: fault(code, "no birth of it was heard") });
		}, withinMs);
	}

	#hearBirth(payload: Uint8Array): void {
		const birth = decodePayload(payload);
		if ("fault" in birth) {
			this.#garbled(birth.fault);
			return;
		}
		clearTimeout(this.#birth);
		const byAlias = new Map<number, Metric>();
		const byName = new Map<string, Metric>();
		for (const metric of birth.metrics) {
			if (metric.alias !== undefined) byAlias.set(metric.alias, metric);
			if (metric.name !== undefined) byName.set(metric.name, metric);
		}
		this.#born = { byAlias, byName };
		this.#board.setTrouble(undefined);
		this.#board.declare(measuredOf(birth.metrics), identityOf(birth.metrics));
		this.#board.setPresence("there");
		for (const metric of birth.metrics) this.#take(metric.name, metric);
	}

	#hearData(payload: Uint8Array): void {
		const born = this.#born;
		// Of what it speaks, only its birth tells.
		if (!born) {
			this.#edge.requestRebirth();
			return;
		}
		const nameOf = ({ name, alias }: Pick<Metric, "name" | "alias">): Metric | undefined =>
			name === undefined ? born.byAlias.get(alias ?? -1) : born.byName.get(name);
		const data = decodePayload(payload, (metric) => nameOf(metric)?.datatype);
		if ("fault" in data) {
			this.#garbled(data.fault);
			return;
		}
		for (const metric of data.metrics) {
			const known = nameOf(metric);
			if (!known) this.#edge.requestRebirth();
			else if (!metric.isHistorical) this.#take(known.name, metric);
		}
	}

	#take(name: string | undefined, { value, isNull }: Metric): void {
		if (name === undefined) return;
		if (typeof value === "number" || typeof value === "boolean") this.#board.take(name, value);
		else this.#board.spoil(name, fault("SENSOR_VALUE_INVALID", `${name}: ${isNull ? "null" : "no number"}`));
	}

	/** What cannot be read may have been of any value. */
	#garbled(why: string): void {
		for (const name of this.#born?.byName.keys() ?? []) {
			this.#board.doubt(name, fault("SENSOR_VALUE_INVALID", `${name}: ${why}`));
		}
	}
}

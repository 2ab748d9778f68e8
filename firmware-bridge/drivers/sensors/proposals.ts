import type { DeviceConfig } from "@kassahub/contracts/config.ts";
import type { Measured } from "./gauge.ts";
import { decodeDiscovery, type Entity, prefixOf, readConfigTopic } from "./home-assistant-config.ts";
import { decodePayload, readPlace } from "./sparkplug-codec.ts";
import { identityOf, measuredOf } from "./sparkplug-metrics.ts";

/** A message that was heard on a broker, retained or not. */
export type HeardMessage = { topic: string; payload: Uint8Array };

/** A sensor that could be adopted: an entry of devices.yaml, and why. */
export type SensorProposal = { name: string; entry: DeviceConfig; title: string; because: string };

const NAME_MAX = 32;
const SHELVES_MAX = 20;

/**
 * The sensors that announce themselves in what was heard: by Home Assistant's discovery, by Sparkplug births, and by
 * Shelly's announcements. Each once, whatever number of messages it takes; what no driver could adopt is left out.
 */
export function proposeSensors(heard: Iterable<HeardMessage>): SensorProposal[] {
	const proposals = new Map<string, SensorProposal>();
	const announced = new Map<string, { title: string; entities: Entity[] }>();
	for (const { topic, payload } of heard) {
		if (readConfigTopic(topic)) hearDiscovery(topic, payload, announced);
		else if (readPlace(topic)) add(proposals, proposeSparkplug(topic, payload));
		else if (/^shellies\/(.+\/)?announce$/.test(topic)) add(proposals, proposeShelly(payload));
	}
	for (const [topic, { title, entities }] of announced) add(proposals, proposeDiscovered(topic, title, entities));
	return [...proposals.values()];
}

function add(proposals: Map<string, SensorProposal>, proposal: SensorProposal | undefined): void {
	if (proposal && !proposals.has(proposal.entry.link)) proposals.set(proposal.entry.link, proposal);
}

/** Gathers the messages of one device: all of a node's, or a whole device's one. */
function hearDiscovery(
	topic: string,
	payload: Uint8Array,
	announced: Map<string, { title: string; entities: Entity[] }>,
): void {
	const place = readConfigTopic(topic);
	const discovery = decodeDiscovery(topic, payload);
	if (!place || discovery.kind !== "announced") return;
	const { component, node } = place;
	const root =
		node === undefined || component === "device" ? topic.replace(/\/config$/, "") : `${prefixOf(topic)}/+/${node}`;
	const { name, model } = discovery.identity;
	const known = announced.get(root) ?? {
		title: [name ?? node ?? place.object, model].filter(Boolean).join(", "),
		entities: [],
	};
	known.entities.push(...discovery.entities);
	announced.set(root, known);
}

function proposeDiscovered(topic: string, title: string, entities: Entity[]): SensorProposal | undefined {
	// A button or a lamp has a battery and a signal too.
	if (entities.every(({ kind }) => kind === "battery" || kind === "signal")) return undefined;
	const measured = entities.map(({ id, name, kind, unit }) => ({ id, label: name, kind, unit }));
	return propose("home-assistant", topic, title, measured, `announces itself on ${topic}/config`);
}

function proposeSparkplug(topic: string, payload: Uint8Array): SensorProposal | undefined {
	const place = readPlace(topic);
	if (place?.type !== "DBIRTH" && place?.type !== "NBIRTH") return undefined;
	const birth = decodePayload(payload);
	if ("fault" in birth) return undefined;
	const measured = measuredOf(birth.metrics);
	if (measured.length === 0) return undefined;
	const { group, node, device } = place;
	const link = ["spBv1.0", group, node, ...(device === undefined ? [] : [device])].join("/");
	const title = [device ?? node, identityOf(birth.metrics).model].filter(Boolean).join(", ");
	return propose("sparkplug", link, title, measured, `was born on ${topic}`);
}

/** Only what measures: a relay announces itself as well. */
const SHELLY_SENSORS = /^shelly(plus|pro)?(ht|htg3|dw|dw2|motion|uni|flood|smoke|blugw)/i;

function proposeShelly(payload: Uint8Array): SensorProposal | undefined {
	let value: { id?: unknown; model?: unknown; gen?: unknown } | null;
	try {
		value = JSON.parse(Buffer.from(payload).toString("utf8"));
	} catch {
		return undefined;
	}
	const { id, model, gen } = value ?? {};
	if (typeof id !== "string" || !/^[\w-]{1,64}$/.test(id) || !SHELLY_SENSORS.test(id)) return undefined;
	// From the second generation on a device has a prefix of its own, which is its id unless set otherwise.
	const topic = typeof gen === "number" && gen >= 2 ? id : `shellies/${id}`;
	return propose(
		"shelly",
		topic,
		`Shelly ${typeof model === "string" ? model : id}`,
		[],
		"announces itself as a Shelly",
	);
}

function propose(
	driver: string,
	topic: string,
	title: string,
	measured: Pick<Measured, "id" | "label" | "kind" | "unit">[],
	because: string,
): SensorProposal {
	const link = `mqtt://hub/${topic.split("/").map(encodeLevel).join("/")}`;
	const weights = measured.filter(({ kind }) => kind === "weight").slice(0, SHELVES_MAX);
	const shelves = weights.map(({ id, label }) => ({
		name: (weights.length === 1 ? title : label).slice(0, 48),
		source: id,
	}));
	const what = [...new Set(measured.map(({ kind }) => kind))].join(", ");
	return {
		name: nameFor(title),
		entry: { driver, link, ...(shelves.length > 0 ? { settings: { shelves } } : {}) },
		title: title.slice(0, 80),
		because: what ? `${because}: ${what}` : because,
	};
}

const encodeLevel = (level: string): string => (level === "+" ? level : encodeURIComponent(level));

/** A name as devices.yaml takes it, from what a sensor calls itself. */
function nameFor(title: string): string {
	const plain = title
		.split(",")[0]
		?.normalize("NFD")
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, "-")
		.replace(/^-+|-+$/g, "")
		.slice(0, NAME_MAX)
		.replace(/-+$/, "");
	return plain || "schapsensor";
}

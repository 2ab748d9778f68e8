import { availabilityFields, deviceFields, entityFields, type Fields } from "./home-assistant-keys.ts";
import { isWeightUnit, type Kind } from "./quantities.ts";
import { readTemplate, type Template, TemplateUnsupported } from "./template.ts";

/** One thing that a sensor measures, as its discovery message announces it. */
export type Entity = {
	id: string;
	name: string;
	kind: Kind;
	unit: string | undefined;
	stateTopic: string;
	template: Template | undefined;
	/** Of a binary sensor: what it says for yes and for no, and when yes is over by itself. */
	binary: { on: string; off: string; offAfterMs: number | undefined } | undefined;
	availability: Availability;
	expireMs: number | undefined;
};
export type Availability = { mode: "all" | "any" | "latest"; topics: AvailabilityTopic[] };
export type AvailabilityTopic = {
	topic: string;
	available: string;
	notAvailable: string;
	template: Template | undefined;
};

export type Identity = { model?: string; firmware?: string; serialNumber?: string; name?: string };

/** What a discovery message says. `faults`: what of it cannot be read, entity by entity. */
export type Discovery =
	| { kind: "announced"; identity: Identity; entities: Entity[]; faults: string[] }
	| { kind: "removed" }
	| { kind: "fault"; detail: string };

/** The components that discovery topics name; of these only sensors, and devices made of them, are taken. */
const COMPONENTS = new Set(
	(
		"alarm_control_panel binary_sensor button camera climate cover device device_automation device_tracker event fan " +
		"humidifier image lawn_mower light lock notify number scene select sensor siren switch tag text update vacuum " +
		"valve water_heater"
	).split(" "),
);
const COMPONENTS_MAX = 100;
const TOPIC_BYTES_MAX = 256;
/** As long as a shelf of devices.yaml can name it. */
const ID_LENGTH_MAX = 120;

/** Device classes to take, and what they measure. */
const kinds: Readonly<Record<string, Kind>> = {
	weight: "weight",
	temperature: "temperature",
	humidity: "humidity",
	battery: "battery",
	signal_strength: "signal",
	door: "door",
	opening: "door",
	occupancy: "presence",
	motion: "presence",
	presence: "presence",
	voltage: "other",
	moisture: "other",
	problem: "other",
	connectivity: "other",
	distance: "other",
	illuminance: "other",
};

/** The component, node and object of `<prefix>/<component>/[<node>/]<object>/config`; undefined where it is none. */
export function readConfigTopic(topic: string): { component: string; node?: string; object: string } | undefined {
	const levels = topic.split("/");
	const [inner = "", object = ""] = levels.slice(-3, -1);
	const isFit = levels.length >= 4 && levels.at(-1) === "config" && [inner, object].every((id) => /^[\w-]+$/.test(id));
	if (!isFit) return undefined;
	const outer = levels.length > 4 ? (levels.at(-4) as string) : "";
	if (COMPONENTS.has(outer)) return { component: outer, node: inner, object };
	return COMPONENTS.has(inner) ? { component: inner, object } : undefined;
}

/** What stands before the component in a link's topic: `homeassistant`, unless the sensors are set to another prefix. */
export function prefixOf(topic: string): string {
	const levels = topic.split("/");
	const end = levels.findIndex((level, index) => index > 0 && (level === "+" || COMPONENTS.has(level)));
	return levels.slice(0, Math.max(1, end)).join("/");
}

export function decodeDiscovery(topic: string, payload: Uint8Array): Discovery {
	const place = readConfigTopic(topic);
	if (!place) return { kind: "fault", detail: `${topic} is no discovery topic` };
	if (payload.length === 0) return { kind: "removed" };
	let value: unknown;
	try {
		value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
	} catch {
		return { kind: "fault", detail: `${topic} carries no JSON` };
	}
	const root = entityFields(value);
	if (!root) return { kind: "fault", detail: `${topic} carries no JSON object` };
	const device = deviceFields(root.get("device"));
	const identity = identityOf(device);
	if (place.component !== "device") {
		const read = readEntity(place.component, place.object, root, identity);
		return { kind: "announced", identity, ...collect([read]) };
	}
	const components = root.get("components");
	if (!device || !entityFields(root.get("origin")) || typeof components !== "object" || components === null) {
		return { kind: "fault", detail: `${topic} announces a device without device, origin or components` };
	}
	const named = Object.entries(components);
	if (named.length > COMPONENTS_MAX) {
		return {
			kind: "fault",
			detail: `${topic} announces ${named.length} components, at most ${COMPONENTS_MAX} are taken`,
		};
	}
	return { kind: "announced", identity, ...collect(named.map(([id, own]) => readComponent(id, own, root, identity))) };
}

/** What one entity comes to: to be taken, of no concern to a shop, or not to be read. */
type Read = Entity | "ignored" | { fault: string };

function collect(reads: Read[]): { entities: Entity[]; faults: string[] } {
	return {
		entities: reads.filter((read): read is Entity => typeof read === "object" && !("fault" in read)),
		faults: reads.flatMap((read) => (typeof read === "object" && "fault" in read ? [read.fault] : [])),
	};
}

/** What components of one message have in common, each may say otherwise. */
const SHARED = [
	"~",
	"availability",
	"availability_mode",
	"availability_topic",
	"availability_template",
	"payload_available",
	"payload_not_available",
	"state_topic",
	"encoding",
];

function readComponent(id: string, value: unknown, root: Fields, identity: Identity): Read {
	const own = entityFields(value);
	if (!own) return { fault: `${id} is no object` };
	// A component that says nothing but what it is, is one that was taken away.
	if (own.size <= 1) return "ignored";
	const shared = [...root].filter(([key]) => SHARED.includes(key));
	return readEntity(String(own.get("platform")), id, new Map([...shared, ...own]), identity);
}

function readEntity(component: string, object: string, fields: Fields, identity: Identity): Read {
	if (component !== "sensor" && component !== "binary_sensor") return "ignored";
	const kind = kindOf(component, fields);
	if (!kind || fields.get("enabled_by_default") === false) return "ignored";
	const category = textOf(fields, "entity_category");
	if (category !== undefined && kind !== "battery" && kind !== "signal") return "ignored";
	const id = (textOf(fields, "unique_id") || textOf(fields, "object_id") || object).slice(0, ID_LENGTH_MAX);
	try {
		const stateTopic = topicOf(fields, "state_topic");
		if (stateTopic === undefined) throw new Unreadable("no state topic");
		const encoding = fields.get("encoding");
		if (encoding !== undefined && !/^utf-?8$/i.test(String(encoding))) throw new Unreadable(`encoding "${encoding}"`);
		return {
			id,
			// `null` is the device's own name, and so is nothing at all.
			name: textOf(fields, "name") || identity.name || object,
			kind,
			unit: textOf(fields, "unit_of_measurement"),
			stateTopic,
			template: templateOf(fields, "value_template"),
			binary: component === "binary_sensor" ? binaryOf(fields) : undefined,
			availability: availabilityOf(fields),
			expireMs: secondsOf(fields, "expire_after"),
		};
	} catch (error) {
		if (error instanceof Unreadable || error instanceof TemplateUnsupported)
			return { fault: `${id}: ${error.message}` };
		throw error;
	}
}

class Unreadable extends Error {}

function kindOf(component: string, fields: Fields): Kind | undefined {
	const deviceClass = textOf(fields, "device_class");
	const unit = textOf(fields, "unit_of_measurement");
	if (deviceClass !== undefined) return Object.hasOwn(kinds, deviceClass) ? kinds[deviceClass] : undefined;
	if (component === "binary_sensor") return "other";
	if (isWeightUnit(unit)) return "weight";
	// Zigbee2MQTT's link quality is of no device class.
	if (unit?.toLowerCase() === "lqi") return "signal";
	return unit === undefined ? undefined : "other";
}

function availabilityOf(fields: Fields): Availability {
	const mode = textOf(fields, "availability_mode") ?? "latest";
	if (mode !== "all" && mode !== "any" && mode !== "latest") throw new Unreadable(`availability mode ${mode}`);
	const list = fields.get("availability");
	const base = textOf(fields, "~");
	const single = topicOf(fields, "availability_topic");
	const entries: unknown[] = list === undefined ? [] : Array.isArray(list) ? list : [list];
	const topics = entries.map((entry) => {
		const inner = availabilityFields(entry);
		const topic = inner && topicOf(base === undefined ? inner : new Map([...inner, ["~", base]]), "topic");
		if (!inner || topic === undefined) throw new Unreadable("an availability without its topic");
		return availabilityTopic(topic, inner, "value_template");
	});
	if (single !== undefined) topics.push(availabilityTopic(single, fields, "availability_template"));
	return { mode, topics };
}

const availabilityTopic = (topic: string, fields: Fields, template: string): AvailabilityTopic => ({
	topic,
	available: textOf(fields, "payload_available") ?? "online",
	notAvailable: textOf(fields, "payload_not_available") ?? "offline",
	template: templateOf(fields, template),
});

const binaryOf = (fields: Fields): NonNullable<Entity["binary"]> => ({
	on: textOf(fields, "payload_on") ?? "ON",
	off: textOf(fields, "payload_off") ?? "OFF",
	offAfterMs: secondsOf(fields, "off_delay"),
});

function templateOf(fields: Fields, key: string): Template | undefined {
	const text = textOf(fields, key);
	return text === undefined || text === "" ? undefined : readTemplate(text);
}

/** A topic to listen to, `~` filled in. Throws Unreadable for one with a wildcard, or of the hub's own. */
function topicOf(fields: Fields, key: string): string | undefined {
	const base = textOf(fields, "~") ?? "";
	const topic = textOf(fields, key)?.replace(/^~/, base).replace(/~$/, base);
	if (topic === undefined) return undefined;
	const isFit =
		topic !== "" && !/[+#]|^\$|^\/|^kassahub(\/|$)/.test(topic) && Buffer.byteLength(topic) <= TOPIC_BYTES_MAX;
	if (!isFit) throw new Unreadable(`${key} ${topic.slice(0, 60)} is no topic of a sensor`);
	return topic;
}

function secondsOf(fields: Fields, key: string): number | undefined {
	const value = Number(fields.get(key) ?? 0);
	return Number.isFinite(value) && value > 0 ? value * 1000 : undefined;
}

/** A text, or what Python would write for a number or a yes or no; undefined for everything else. */
function textOf(fields: Fields, key: string): string | undefined {
	const value = fields.get(key);
	if (typeof value === "string") return value;
	if (typeof value === "number") return String(value);
	if (typeof value === "boolean") return value ? "True" : "False";
	return undefined;
}

function identityOf(device: Fields | undefined): Identity {
	if (!device) return {};
	const [model, manufacturer] = [textOf(device, "model"), textOf(device, "manufacturer")];
	const firmware = textOf(device, "sw_version");
	const serialNumber = textOf(device, "serial_number");
	const name = textOf(device, "name");
	const made = [manufacturer, model].filter((part) => part !== undefined).join(" ");
	return {
		...(made ? { model: made.slice(0, 80) } : {}),
		...(firmware === undefined ? {} : { firmware: firmware.slice(0, 80) }),
		...(serialNumber === undefined ? {} : { serialNumber: serialNumber.slice(0, 80) }),
		...(name ? { name: name.slice(0, 48) } : {}),
	};
}

/**
 * Shelly's own topics (shelly-api-docs.shelly.cloud). Second generation and later: a component's status as JSON under
 * `<prefix>/status/<component:id>` and as notifications under `<prefix>/events/rpc`. First generation: a topic a value.
 */
import type { Measured } from "./gauge.ts";
import type { Kind } from "./quantities.ts";

/** One value that a message tells, by the name that shelves give it. */
export type ShellyValue = { measured: Measured; value: number | boolean | undefined };

/** What a message says; a fault where it should say something and cannot be read. */
export type ShellySaid =
	| { kind: "values"; values: ShellyValue[] }
	| { kind: "identity"; identity: { model?: string; firmware?: string; serialNumber?: string } }
	| { kind: "presence"; isThere: boolean }
	| { kind: "nothing" }
	| { kind: "fault"; detail: string };

const VALUES_MAX = 40;
const nothing: ShellySaid = { kind: "nothing" };

/** A field of a component's status and what it measures. A dot leads into an object. */
type FieldRule = { field: string; kind: Kind; unit?: string };

const rules: Readonly<Record<string, FieldRule[]>> = {
	temperature: [{ field: "tC", kind: "temperature", unit: "°C" }],
	humidity: [{ field: "rh", kind: "humidity", unit: "%" }],
	devicepower: [{ field: "battery.percent", kind: "battery", unit: "%" }],
	wifi: [{ field: "rssi", kind: "signal", unit: "dBm" }],
	voltmeter: [
		{ field: "voltage", kind: "other", unit: "V" },
		{ field: "xvoltage", kind: "other" },
	],
	input: [
		{ field: "state", kind: "door" },
		{ field: "percent", kind: "other", unit: "%" },
		{ field: "xpercent", kind: "other" },
	],
	illuminance: [{ field: "lux", kind: "other", unit: "lx" }],
	bthomesensor: [{ field: "value", kind: "other" }],
	bthomedevice: [
		{ field: "battery", kind: "battery", unit: "%" },
		{ field: "rssi", kind: "signal", unit: "dBm" },
	],
};

type Json = { [key: string]: unknown };
const isObject = (value: unknown): value is Json =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** What a message of a device of the second generation or later says. `topic` is what follows its prefix. */
export function decodeGen2(topic: string, payload: Uint8Array): ShellySaid {
	const text = Buffer.from(payload).toString("utf8");
	if (topic === "online") return presenceOf(text);
	const [place, component, ...rest] = topic.split("/");
	const isStatus = place === "status" && component !== undefined && rest.length === 0;
	if (!isStatus && topic !== "events/rpc" && topic !== "rpc") return nothing;
	const value = parse(text);
	if (!isObject(value)) return { kind: "fault", detail: `${topic} carries no JSON object` };
	if (isStatus) return valuesOf({ [component]: value });
	// A notification tells what changed, an answer to Shelly.GetStatus everything.
	if (topic === "rpc") return isObject(value.result) ? valuesOf(value.result) : nothing;
	const isTold = value.method === "NotifyStatus" || value.method === "NotifyFullStatus";
	return isTold && isObject(value.params) ? valuesOf(value.params) : nothing;
}

function valuesOf(components: Json): ShellySaid {
	const values: ShellyValue[] = [];
	for (const [component, status] of Object.entries(components)) {
		const type = component.split(":")[0] ?? "";
		if (!isObject(status) || !Object.hasOwn(rules, type)) continue;
		for (const rule of rules[type] ?? []) {
			const raw = rule.field
				.split(".")
				.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), status);
			// A notification leaves out what did not change; null says that there is no value.
			if (raw === undefined || values.length >= VALUES_MAX) continue;
			const id = `${component}.${rule.field}`;
			const value = typeof raw === "number" || typeof raw === "boolean" ? raw : undefined;
			values.push({ measured: { id, label: id, kind: rule.kind, unit: rule.unit }, value });
		}
	}
	return values.length > 0 ? { kind: "values", values } : nothing;
}

/** Values of the first generation, by what follows `shellies/<id>/`. */
const gen1: [RegExp, FieldRule][] = [
	[/^sensor\/temperature$|^ext_temperature\/\d+$|^temperature$/, { field: "", kind: "temperature", unit: "°C" }],
	[/^sensor\/humidity$|^ext_humidity\/\d+$/, { field: "", kind: "humidity", unit: "%" }],
	[/^sensor\/battery$/, { field: "", kind: "battery", unit: "%" }],
	[/^sensor\/state$/, { field: "", kind: "door" }],
	[/^sensor\/motion$/, { field: "", kind: "presence" }],
	[/^sensor\/lux$/, { field: "", kind: "other", unit: "lx" }],
	[/^adc\/\d+$/, { field: "", kind: "other", unit: "V" }],
];
const words: Readonly<Record<string, boolean>> = { open: true, close: false, true: true, false: false };

/** What a message of a device of the first generation says. `topic` is what follows `shellies/<id>/`. */
export function decodeGen1(topic: string, payload: Uint8Array): ShellySaid {
	const text = Buffer.from(payload).toString("utf8").trim();
	if (topic === "online") return presenceOf(text);
	if (topic === "announce") return announceOf(text);
	const rule = gen1.find(([pattern]) => pattern.test(topic))?.[1];
	if (!rule) return nothing;
	const number = /^-?\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
	const isWord = rule.kind === "door" || rule.kind === "presence";
	const value = isWord && Object.hasOwn(words, text) ? words[text] : isWord && text === "1" ? true : number;
	const measured = { id: topic, label: topic, kind: rule.kind, unit: rule.unit };
	// Gen1 sends 999 where a probe is not connected.
	return { kind: "values", values: [{ measured, value: value === 999 ? undefined : value }] };
}

function announceOf(text: string): ShellySaid {
	const value = parse(text);
	if (!isObject(value)) return { kind: "fault", detail: "announce carries no JSON object" };
	const { model, fw_ver: firmware, mac } = value;
	return {
		kind: "identity",
		identity: {
			...(typeof model === "string" ? { model: `Shelly ${model}`.slice(0, 80) } : {}),
			...(typeof firmware === "string" ? { firmware: firmware.slice(0, 80) } : {}),
			...(typeof mac === "string" ? { serialNumber: mac.slice(0, 80) } : {}),
		},
	};
}

const presenceOf = (text: string): ShellySaid =>
	text === "true" || text === "false" ? { kind: "presence", isThere: text === "true" } : nothing;

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

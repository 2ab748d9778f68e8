import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeGen1, decodeGen2, type ShellySaid } from "./shelly-codec.ts";

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const brief = (said: ShellySaid) =>
	said.kind === "values" ? said.values.map(({ measured, value }) => [measured.id, measured.kind, value]) : said;

test.each<[string, unknown, unknown]>([
	["status/temperature:0", { id: 0, tC: 4.2, tF: 39.6 }, [["temperature:0.tC", "temperature", 4.2]]],
	["status/humidity:0", { id: 0, rh: 61 }, [["humidity:0.rh", "humidity", 61]]],
	[
		"status/devicepower:0",
		{ id: 0, battery: { V: 5.9, percent: 87 }, external: { present: false } },
		[["devicepower:0.battery.percent", "battery", 87]],
	],
	[
		"status/voltmeter:100",
		{ id: 100, voltage: 1.2, xvoltage: 456 },
		[
			["voltmeter:100.voltage", "other", 1.2],
			["voltmeter:100.xvoltage", "other", 456],
		],
	],
	["status/temperature:0", { id: 0, tC: null, errors: ["read"] }, [["temperature:0.tC", "temperature", undefined]]],
	["status/input:0", { id: 0, state: true }, [["input:0.state", "door", true]]],
	["status/switch:0", { id: 0, output: true }, { kind: "nothing" }],
	[
		"events/rpc",
		{ src: "x", method: "NotifyStatus", params: { ts: 1, "humidity:0": { rh: 60 }, wifi: { rssi: -71 } } },
		[
			["humidity:0.rh", "humidity", 60],
			["wifi.rssi", "signal", -71],
		],
	],
	["events/rpc", { method: "NotifyEvent", params: { events: [] } }, { kind: "nothing" }],
	["rpc", { id: 1, result: { "temperature:0": { tC: 4 } } }, [["temperature:0.tC", "temperature", 4]]],
	["rpc", { id: 1, error: { code: 404 } }, { kind: "nothing" }],
	["status/temperature:0", [], { kind: "fault", detail: "status/temperature:0 carries no JSON object" }],
])("%s %j", (topic, value, said) => expect(brief(decodeGen2(topic, json(value)))).toEqual(said));

test.each<[string, string, unknown]>([
	["sensor/temperature", "4.25", [["sensor/temperature", "temperature", 4.25]]],
	["ext_temperature/0", "999", [["ext_temperature/0", "temperature", undefined]]],
	["sensor/state", "open", [["sensor/state", "door", true]]],
	["sensor/state", "close", [["sensor/state", "door", false]]],
	["sensor/battery", "87", [["sensor/battery", "battery", 87]]],
	["adc/0", "456", [["adc/0", "other", 456]]],
	["adc/0", "unavailable", [["adc/0", "other", undefined]]],
	["relay/0", "on", { kind: "nothing" }],
	["online", "false", { kind: "presence", isThere: false }],
	["online", "misschien", { kind: "nothing" }],
	["announce", "{", { kind: "fault", detail: "announce carries no JSON object" }],
	[
		"announce",
		'{"id":"shellyht-1","model":"SHHT-1","mac":"AB12","fw_ver":"20230913"}',
		{ kind: "identity", identity: { model: "Shelly SHHT-1", firmware: "20230913", serialNumber: "AB12" } },
	],
])("%s %s of the first generation", (topic, text, said) =>
	expect(brief(decodeGen1(topic, Buffer.from(text)))).toEqual(said),
);

test("any topic and any bytes give something said, nothing, or a named fault", () => {
	const topic = fc.oneof(
		fc.constantFrom("online", "status/temperature:0", "status/__proto__", "events/rpc", "rpc", "announce", "adc/0"),
		fc.string(),
	);
	const keys = fc.constantFrom("method", "params", "result", "temperature:0", "tC", "battery", "__proto__", "wifi");
	const payload = fc.oneof(
		fc.uint8Array(),
		fc.json().map((text) => Buffer.from(text)),
		fc
			.dictionary(keys, fc.oneof(fc.constant("NotifyStatus"), fc.dictionary(keys, fc.jsonValue({ maxDepth: 2 }))))
			.map((value) => json(value)),
	);
	fc.assert(
		fc.property(topic, payload, (name, bytes) => {
			for (const said of [decodeGen1(name, bytes), decodeGen2(name, bytes)]) {
				expect(["values", "identity", "presence", "nothing", "fault"]).toContain(said.kind);
				if (said.kind !== "values") continue;
				for (const { value } of said.values) expect(["number", "boolean", "undefined"]).toContain(typeof value);
			}
		}),
		{ numRuns: 1000 },
	);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { type Discovery, decodeDiscovery, readConfigTopic } from "./home-assistant-config.ts";

const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
const announced = (topic: string, value: unknown) => {
	const discovery = decodeDiscovery(topic, bytes(value));
	if (discovery.kind !== "announced") throw new Error(JSON.stringify(discovery));
	return discovery;
};
const entityOf = (value: unknown, topic = "homeassistant/sensor/x/config") => announced(topic, value).entities[0];

const E1 = {
	"~": "kassa/schap12",
	name: "Gewicht",
	uniq_id: "schap12_w",
	stat_t: "~/state",
	val_tpl: "{{ value_json.w }}",
	unit_of_meas: "kg",
	dev_cla: "weight",
	stat_cla: "measurement",
	avty_t: "~/lwt",
	exp_aft: 900,
	dev: { ids: ["schap12"], name: "Schap 12", mf: "Demo", mdl: "S1", sw: "1.0" },
};

test("a single entity is read as the sheet has it", () => {
	const { identity, entities, faults } = announced("homeassistant/sensor/schap12_w/config", E1);
	expect(identity).toEqual({ model: "Demo S1", firmware: "1.0", name: "Schap 12" });
	expect(faults).toEqual([]);
	expect(entities).toEqual([
		{
			id: "schap12_w",
			name: "Gewicht",
			kind: "weight",
			unit: "kg",
			stateTopic: "kassa/schap12/state",
			template: expect.anything(),
			binary: undefined,
			availability: {
				mode: "latest",
				topics: [{ topic: "kassa/schap12/lwt", available: "online", notAvailable: "offline", template: undefined }],
			},
			expireMs: 900_000,
		},
	]);
	expect(entities[0]?.template?.render('{"w":0.456,"bat":87,"rssi":-71}')).toEqual({ kind: "text", text: "0.456" });
});

test("long keys say the same as short ones", () => {
	const long = {
		"~": "kassa/schap12",
		name: "Gewicht",
		unique_id: "schap12_w",
		state_topic: "~/state",
		value_template: "{{ value_json.w }}",
		unit_of_measurement: "kg",
		device_class: "weight",
		availability_topic: "~/lwt",
		expire_after: 900,
		device: { identifiers: ["schap12"], name: "Schap 12", manufacturer: "Demo", model: "S1", sw_version: "1.0" },
	};
	const topic = "homeassistant/sensor/schap12_w/config";
	expect(JSON.stringify(announced(topic, long))).toBe(JSON.stringify(announced(topic, E1)));
});

test("a device with its components is read as the sheet has it, shared keys included", () => {
	const { entities } = announced("homeassistant/device/schap13/config", {
		dev: { ids: "schap13", name: "Schap 13" },
		o: { name: "demo2mqtt", sw: "2.1" },
		avty: [{ t: "kassa/schap13/lwt" }],
		stat_t: "kassa/schap13/state",
		cmps: {
			w: { p: "sensor", uniq_id: "s13w", dev_cla: "weight", unit_of_meas: "g", val_tpl: "{{ value_json.w }}" },
			b: { p: "sensor", uniq_id: "s13b", dev_cla: "battery", unit_of_meas: "%", val_tpl: "{{ value_json.bat }}" },
			gone: { p: "sensor" },
		},
	});
	expect(entities.map(({ id, kind, unit, name }) => [id, kind, unit, name])).toEqual([
		["s13w", "weight", "g", "Schap 13"],
		["s13b", "battery", "%", "Schap 13"],
	]);
	for (const { stateTopic, availability } of entities) {
		expect(stateTopic).toBe("kassa/schap13/state");
		expect(availability.topics.map(({ topic }) => topic)).toEqual(["kassa/schap13/lwt"]);
	}
});

test("an empty payload takes the entity away", () => {
	expect(decodeDiscovery("homeassistant/sensor/schap12_w/config", new Uint8Array())).toEqual({ kind: "removed" });
});

test.each([
	["homeassistant/sensor/schap12_w/config", { component: "sensor", object: "schap12_w" }],
	["homeassistant/sensor/0x00158d/weight/config", { component: "sensor", node: "0x00158d", object: "weight" }],
	["ha/disco/binary_sensor/node/door/config", { component: "binary_sensor", node: "node", object: "door" }],
	["homeassistant/device/schap13/config", { component: "device", object: "schap13" }],
	["homeassistant/sensor/a b/config", undefined],
	["homeassistant/sensor/config", undefined],
	["homeassistant/status", undefined],
	["config", undefined],
	["", undefined],
])("%s names %j", (topic, place) => expect(readConfigTopic(topic)).toEqual(place));

test("hundreds of diagnostic entities pass by, battery and signal stay", () => {
	const entity = (fields: object) => entityOf({ stat_t: "z/a", ...fields });
	expect(entity({ dev_cla: "temperature", ent_cat: "diagnostic" })).toBeUndefined();
	expect(entity({ dev_cla: "battery", ent_cat: "diagnostic" })?.kind).toBe("battery");
	expect(entity({ unit_of_meas: "lqi", ent_cat: "diagnostic" })?.kind).toBe("signal");
	expect(entity({ dev_cla: "signal_strength", ent_cat: "diagnostic" })?.kind).toBe("signal");
	expect(entity({ dev_cla: "timestamp" })).toBeUndefined();
	expect(entity({ dev_cla: "constructor" })).toBeUndefined();
	expect(entity({ name: "Tekst" })).toBeUndefined();
	expect(entity({ dev_cla: "weight", unit_of_meas: "g", en: false })).toBeUndefined();
	expect(entity({ unit_of_meas: "kg" })?.kind).toBe("weight");
	expect(entityOf({ stat_t: "z/a" }, "homeassistant/switch/x/config")).toBeUndefined();
});

test("a binary sensor knows its yes and no, also where they are JSON's", () => {
	const topic = "homeassistant/binary_sensor/deur/config";
	expect(entityOf({ stat_t: "z/deur", dev_cla: "door" }, topic)?.binary).toEqual({
		on: "ON",
		off: "OFF",
		offAfterMs: undefined,
	});
	expect(
		entityOf({ stat_t: "z/deur", dev_cla: "door", pl_on: false, pl_off: true, off_dly: 5 }, topic)?.binary,
	).toEqual({ on: "False", off: "True", offAfterMs: 5000 });
});

test.each([
	[{}, /no state topic/],
	[{ stat_t: "kassahub/registers/kassa-1/sales" }, /no topic of a sensor/],
	[{ stat_t: "kassa/+/state" }, /no topic of a sensor/],
	[{ stat_t: "$SYS/broker" }, /no topic of a sensor/],
	[{ stat_t: "a/b", avty_t: "#" }, /no topic of a sensor/],
	[{ stat_t: "a/b", val_tpl: "{{ states('sensor.x') }}" }, /states/],
	[{ stat_t: "a/b", avty: [{}] }, /availability/],
	[{ stat_t: "a/b", avty_mode: "most" }, /availability mode most/],
	[{ stat_t: "a/b", e: "" }, /encoding/],
])("%j cannot be read, and says why", (fields, reason) => {
	const { entities, faults } = announced("homeassistant/sensor/x/config", { dev_cla: "weight", ...fields });
	expect(entities).toEqual([]);
	expect(faults.join()).toMatch(reason);
});

test.each([
	["no JSON", "{"],
	["no object", "[]"],
	["nothing but null", "null"],
])("%s is a named fault", (_, payload) => {
	expect(decodeDiscovery("homeassistant/sensor/x/config", bytes(payload)).kind).toBe("fault");
});

test("a device without origin, or with endless components, is a named fault", () => {
	const topic = "homeassistant/device/x/config";
	expect(decodeDiscovery(topic, bytes({ dev: {}, cmps: {} })).kind).toBe("fault");
	const cmps = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`c${index}`, { p: "sensor" }]));
	expect(decodeDiscovery(topic, bytes({ dev: {}, o: {}, cmps })).kind).toBe("fault");
});

test("any JSON and any bytes give an announcement or a named fault", () => {
	const keys = fc.constantFrom(
		..."~ stat_t avty avty_t t val_tpl dev_cla unit_of_meas dev o cmps p e exp_aft avty_mode __proto__ name ent_cat".split(
			" ",
		),
	);
	const value = fc.oneof(
		fc.constantFrom("weight", "sensor", "kg", "{{ value }}", "a/b", "~/c", null, 0, -1, true),
		fc.jsonValue({ maxDepth: 3 }),
	);
	const message = fc.dictionary(
		keys,
		fc.oneof(value, fc.dictionary(keys, fc.oneof(value, fc.dictionary(keys, value)))),
	);
	const payload = fc.oneof(
		fc.uint8Array(),
		fc.json().map((text) => bytes(text)),
		message.map((fields) => bytes(fields)),
	);
	const topic = fc.constantFrom("a/sensor/b/config", "a/binary_sensor/b/config", "a/device/b/config", "a/b");
	fc.assert(
		fc.property(topic, payload, (name, content) => {
			const discovery: Discovery = decodeDiscovery(name, content);
			expect(["announced", "removed", "fault"]).toContain(discovery.kind);
			if (discovery.kind !== "announced") return;
			for (const { stateTopic, id, name: label } of discovery.entities) {
				expect(stateTopic).not.toMatch(/[+#]|^\$|^kassahub/);
				expect([typeof id, typeof label]).toEqual(["string", "string"]);
			}
		}),
		{ numRuns: 2000 },
	);
});

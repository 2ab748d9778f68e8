/**
 * How shelf sensors of different makes announce themselves and speak over MQTT, written from the protocol sheet (sections
 * 2 and 3): each convention makes the messages of one sensor from what lies on it.
 */

/** What lies on an emulated sensor and how it is. */
export type SensorCondition = { grams: number; celsius: number; battery: number; rssi: number; isDoorOpen: boolean };

/** How an emulated sensor misbehaves, on command. */
export type SensorMisbehaviour = {
	/** Says nothing of what changes. */
	isMute: boolean;
	/** Says this instead of its weight. */
	weightText: string | undefined;
	/** Sends what is no message of its convention. */
	babbles: boolean;
};

export type Message = { topic: string; payload: string | Uint8Array; retain?: boolean };

export type Convention = {
	/** Where the sensor's link leads, and which of its values weighs. */
	link(id: string): string;
	source: string;
	/** Its own connection's last will, and what takes it back. */
	lastWill(id: string): Message;
	/** Where it is greeted, and then announces itself and tells everything again. */
	greetedOn(id: string): string[];
	/** Where it is asked something, and what it answers. */
	askedOn?(id: string): string;
	answer?(question: string, condition: SensorCondition, weight: string): Message[];
	/** What it says when it connects. */
	announce(id: string): Message[];
	/** Everything it measures; `weight` is what it says for its weight, in the convention's own unit. */
	tell(id: string, condition: SensorCondition, weight: string): Message[];
	/** What its topics carry when it babbles. */
	babble(id: string): Message[];
	weightOf(grams: number): string;
};

const json = (value: unknown): string => JSON.stringify(value);
/** A number, or whatever it says instead, as a JSON value. */
const inJson = (weight: string): unknown => (Number.isNaN(Number(weight)) || weight === "" ? weight : Number(weight));
const kilograms = (grams: number): string => (grams / 1000).toFixed(3);

const device = (id: string, mf: string, mdl: string) => ({ ids: [id], name: `Schap ${id}`, mf, mdl, sw: "1.0" });

/** ESPHome: a topic a value in plain text, discovery by node and object, long lists of diagnostics beside. */
const esphome: Convention = {
	link: (id) => `mqtt://hub/homeassistant/+/${id}`,
	source: "gewicht",
	greetedOn: () => ["homeassistant/status"],
	lastWill: (id) => ({ topic: `${id}/status`, payload: "offline", retain: true }),
	announce: (id) => [
		{ topic: `${id}/status`, payload: "online", retain: true },
		...(
			[
				["sensor", "gewicht", { dev_cla: "weight", unit_of_meas: "kg", stat_cla: "measurement" }],
				["sensor", "temperatuur", { dev_cla: "temperature", unit_of_meas: "°C" }],
				["sensor", "wifi", { dev_cla: "signal_strength", unit_of_meas: "dBm", ent_cat: "diagnostic" }],
				["sensor", "uptime", { dev_cla: "duration", unit_of_meas: "s", ent_cat: "diagnostic" }],
				["binary_sensor", "deur", { dev_cla: "door" }],
				["switch", "led", { cmd_t: `${id}/switch/led/command` }],
			] as const
		).map(([component, object, fields]) => ({
			topic: `homeassistant/${component}/${id}/${object}/config`,
			payload: json({
				name: object,
				uniq_id: object,
				stat_t: `${id}/${component}/${object}/state`,
				avty_t: `${id}/status`,
				dev: device(id, "Espressif", "esp32dev"),
				...fields,
			}),
			retain: true,
		})),
	],
	tell: (id, { celsius, rssi, isDoorOpen }, weight) => [
		{ topic: `${id}/sensor/gewicht/state`, payload: weight, retain: true },
		{ topic: `${id}/sensor/temperatuur/state`, payload: celsius.toFixed(1), retain: true },
		{ topic: `${id}/sensor/wifi/state`, payload: String(rssi), retain: true },
		{ topic: `${id}/binary_sensor/deur/state`, payload: isDoorOpen ? "ON" : "OFF", retain: true },
	],
	babble: (id) => [{ topic: `${id}/sensor/gewicht/state`, payload: Uint8Array.of(0xff, 0xfe, 0x00) }],
	weightOf: kilograms,
};

/** Zigbee2MQTT: one JSON for everything, names with spaces and slashes, availability by two topics. */
const zigbee2mqtt: Convention = {
	link: (id) => `mqtt://hub/homeassistant/+/${id}`,
	source: "weight",
	greetedOn: () => ["homeassistant/status"],
	lastWill: (id) => ({
		topic: `zigbee2mqtt/winkel/Schap ${id}/availability`,
		payload: json({ state: "offline" }),
		retain: true,
	}),
	announce: (id) => {
		const base = `zigbee2mqtt/winkel/Schap ${id}`;
		const shared = {
			stat_t: base,
			avty: [
				{ t: "zigbee2mqtt/bridge/state", val_tpl: "{{ value_json.state }}" },
				{ t: `${base}/availability`, val_tpl: "{{ value_json.state }}" },
			],
			avty_mode: "all",
			dev: device(id, "Zigbee", "Weegmat"),
		};
		const entities = [
			["sensor", "weight", { dev_cla: "weight", unit_of_meas: "g", val_tpl: "{{ value_json.weight }}" }],
			[
				"sensor",
				"temperature",
				{ dev_cla: "temperature", unit_of_meas: "°C", val_tpl: "{{ value_json.temperature }}" },
			],
			[
				"sensor",
				"battery",
				{ dev_cla: "battery", unit_of_meas: "%", ent_cat: "diagnostic", val_tpl: "{{ value_json.battery }}" },
			],
			[
				"sensor",
				"linkquality",
				{ unit_of_meas: "lqi", ent_cat: "diagnostic", val_tpl: "{{ value_json.linkquality }}" },
			],
			[
				"binary_sensor",
				"contact",
				{ dev_cla: "door", pl_on: false, pl_off: true, val_tpl: "{{ value_json.contact }}" },
			],
		] as const;
		return [
			{ topic: "zigbee2mqtt/bridge/state", payload: json({ state: "online" }), retain: true },
			{ topic: `${base}/availability`, payload: json({ state: "online" }), retain: true },
			...entities.map(([component, object, fields]) => ({
				topic: `homeassistant/${component}/${id}/${object}/config`,
				payload: json({ name: null, uniq_id: object, ...shared, ...fields }),
				retain: true,
			})),
		];
	},
	tell: (id, { celsius, battery, isDoorOpen }, weight) => [
		{
			topic: `zigbee2mqtt/winkel/Schap ${id}`,
			payload: json({ weight: inJson(weight), temperature: celsius, battery, linkquality: 120, contact: !isDoorOpen }),
		},
	],
	babble: (id) => [{ topic: `zigbee2mqtt/winkel/Schap ${id}`, payload: '{"weight":' }],
	weightOf: String,
};

/** A whole device in one message, as the sheet's second example has it. */
const deviceDiscovery: Convention = {
	link: (id) => `mqtt://hub/homeassistant/device/${id}`,
	source: "w",
	greetedOn: () => ["homeassistant/status"],
	lastWill: (id) => ({ topic: `kassa/${id}/lwt`, payload: "offline", retain: true }),
	announce: (id) => [
		{ topic: `kassa/${id}/lwt`, payload: "online", retain: true },
		{
			topic: `homeassistant/device/${id}/config`,
			payload: json({
				dev: { ids: id, name: `Schap ${id}`, mdl: "S1", sw: "2.1", sn: `SN-${id}` },
				o: { name: "demo2mqtt", sw: "2.1" },
				avty: [{ t: `kassa/${id}/lwt` }],
				stat_t: `kassa/${id}/state`,
				cmps: {
					w: { p: "sensor", uniq_id: "w", dev_cla: "weight", unit_of_meas: "g", val_tpl: "{{ value_json.w }}" },
					t: { p: "sensor", uniq_id: "t", dev_cla: "temperature", unit_of_meas: "°C", val_tpl: "{{ value_json.t }}" },
					b: { p: "sensor", uniq_id: "b", dev_cla: "battery", unit_of_meas: "%", val_tpl: "{{ value_json.bat }}" },
					d: { p: "binary_sensor", uniq_id: "d", dev_cla: "door", val_tpl: "{{ value_json.d }}" },
				},
			}),
			retain: true,
		},
	],
	tell: (id, { celsius, battery, isDoorOpen }, weight) => [
		{
			topic: `kassa/${id}/state`,
			payload: json({ w: inJson(weight), t: celsius, bat: battery, d: isDoorOpen ? "ON" : "OFF" }),
		},
	],
	babble: (id) => [{ topic: `kassa/${id}/state`, payload: "]" }],
	weightOf: String,
};

/** Tasmota, with the discovery that its older firmware publishes: telemetry in one JSON, a last will of capitals. */
const tasmota: Convention = {
	link: (id) => `mqtt://hub/homeassistant/sensor/${id}_HX711_Weight`,
	source: "Gewicht",
	greetedOn: () => ["homeassistant/status"],
	lastWill: (id) => ({ topic: `tele/${id}/LWT`, payload: "Offline", retain: true }),
	announce: (id) => [
		{ topic: `tele/${id}/LWT`, payload: "Online", retain: true },
		{
			topic: `homeassistant/sensor/${id}_HX711_Weight/config`,
			payload: json({
				"~": `tele/${id}/`,
				name: "Gewicht",
				stat_t: "~SENSOR",
				avty_t: "~LWT",
				pl_avail: "Online",
				pl_not_avail: "Offline",
				uniq_id: `${id}_HX711_Weight`,
				unit_of_meas: "kg",
				val_tpl: "{{ value_json['HX711'].Weight }}",
				dev: device(id, "Tasmota", "Generic"),
			}),
			retain: true,
		},
	],
	tell: (id, _, weight) => [
		{ topic: `tele/${id}/SENSOR`, payload: json({ Time: "2026-11-23T10:15:00", HX711: { Weight: inJson(weight) } }) },
	],
	babble: (id) => [{ topic: `tele/${id}/SENSOR`, payload: "HX711" }],
	weightOf: kilograms,
};

/** Shelly of the second generation and later: a component's status under the device's own prefix, and as notifications. */
const shelly: Convention = {
	link: (id) => `mqtt://hub/shellyplusuni-${id}`,
	source: "voltmeter:100.xvoltage",
	greetedOn: () => [],
	askedOn: (id) => `shellyplusuni-${id}/rpc`,
	answer: (question, { celsius, rssi }, weight) => {
		const { id, src, method } = JSON.parse(question) as Record<string, unknown>;
		if (method !== "Shelly.GetStatus") return [];
		const result = {
			"voltmeter:100": { id: 100, voltage: 1.2, xvoltage: inJson(weight) },
			"temperature:100": { id: 100, tC: celsius },
			wifi: { rssi },
		};
		return [{ topic: `${src}/rpc`, payload: json({ id, dst: src, result }) }];
	},
	lastWill: (id) => ({ topic: `shellyplusuni-${id}/online`, payload: "false", retain: true }),
	announce: (id) => [{ topic: `shellyplusuni-${id}/online`, payload: "true", retain: true }],
	tell: (id, { celsius, battery, rssi, isDoorOpen }, weight) => [
		{
			topic: `shellyplusuni-${id}/status/voltmeter:100`,
			payload: json({ id: 100, voltage: 1.2, xvoltage: inJson(weight) }),
		},
		{
			topic: `shellyplusuni-${id}/events/rpc`,
			payload: json({
				src: `shellyplusuni-${id}`,
				dst: `shellyplusuni-${id}/events`,
				method: "NotifyStatus",
				params: {
					ts: 1763900000,
					"temperature:100": { id: 100, tC: celsius, tF: (celsius * 9) / 5 + 32 },
					"devicepower:0": { id: 0, battery: { V: 5.9, percent: battery }, external: { present: false } },
					"input:0": { id: 0, state: isDoorOpen },
					wifi: { rssi },
				},
			}),
		},
	],
	babble: (id) => [{ topic: `shellyplusuni-${id}/status/voltmeter:100`, payload: "{" }],
	weightOf: String,
};

/** Shelly of the first generation: a topic a value, in plain text. */
const shellyGen1: Convention = {
	link: (id) => `mqtt://hub/shellies/shellyuni-${id}`,
	source: "adc/0",
	greetedOn: (id) => [`shellies/shellyuni-${id}/command`, "shellies/command"],
	lastWill: (id) => ({ topic: `shellies/shellyuni-${id}/online`, payload: "false", retain: true }),
	announce: (id) => [
		{ topic: `shellies/shellyuni-${id}/online`, payload: "true", retain: true },
		...["shellies/announce", `shellies/shellyuni-${id}/announce`].map((topic) => ({
			topic,
			payload: json({ id: `shellyuni-${id}`, model: "SHUNI-1", mac: id, ip: "192.168.1.9", fw_ver: "20230913-112003" }),
		})),
	],
	tell: (id, { celsius, battery, isDoorOpen }, weight) => [
		{ topic: `shellies/shellyuni-${id}/adc/0`, payload: weight },
		{ topic: `shellies/shellyuni-${id}/sensor/temperature`, payload: celsius.toFixed(2) },
		{ topic: `shellies/shellyuni-${id}/sensor/battery`, payload: String(battery) },
		{ topic: `shellies/shellyuni-${id}/sensor/state`, payload: isDoorOpen ? "open" : "close" },
	],
	babble: (id) => [{ topic: `shellies/shellyuni-${id}/adc/0`, payload: Uint8Array.of(0xff, 0xc0) }],
	weightOf: String,
};

export const conventions = {
	esphome,
	zigbee2mqtt,
	device: deviceDiscovery,
	tasmota,
	shelly,
	"shelly-gen1": shellyGen1,
} as const satisfies Record<string, Convention>;
export type ConventionName = keyof typeof conventions;

import { Proposal } from "@kassahub/contracts/device-proposal.ts";
import fc from "fast-check";
import { Value } from "typebox/value";
import { expect, test } from "vitest";
import { conventions } from "../../emulators/sensor-conventions.ts";
import { parseLink } from "../../links/address.ts";
import { homeAssistant } from "./home-assistant.ts";
import { proposeSensors } from "./proposals.ts";
import { MessageWriter } from "./protobuf.ts";
import { shelly } from "./shelly.ts";
import { sparkplug } from "./sparkplug.ts";

const drivers = new Map([homeAssistant, sparkplug, shelly].map((driver) => [driver.name, driver]));
const announcedBy = (convention: keyof typeof conventions, id = "schap1") =>
	conventions[convention].announce(id).map(({ topic, payload }) => ({ topic, payload: Buffer.from(payload) }));

test.each([
	["esphome", "mqtt://hub/homeassistant/+/schap1", "gewicht"],
	["zigbee2mqtt", "mqtt://hub/homeassistant/+/schap1", "weight"],
	["device", "mqtt://hub/homeassistant/device/schap1", "w"],
	["tasmota", "mqtt://hub/homeassistant/sensor/schap1_HX711_Weight", "schap1_HX711_Weight"],
] as const)("what %s announces is proposed once, with its shelf", (convention, link, source) => {
	const [proposal, ...others] = proposeSensors(announcedBy(convention));
	expect(others).toEqual([]);
	expect(proposal).toMatchObject({ name: "schap-schap1", entry: { driver: "home-assistant", link } });
	expect(proposal?.entry.settings?.shelves).toEqual([{ name: expect.stringContaining("Schap schap1"), source }]);
	expect(proposal?.because).toMatch(/weight/);
});

test("a Shelly is proposed by its announcement, a relay is not", () => {
	const announce = (fields: object) => ({ topic: "shellies/announce", payload: Buffer.from(JSON.stringify(fields)) });
	expect(proposeSensors([...announcedBy("shelly-gen1"), announce({ id: "shelly1-AB", model: "SHSW-1" })])).toEqual([
		{
			name: "shelly-shuni-1",
			entry: { driver: "shelly", link: "mqtt://hub/shellies/shellyuni-schap1" },
			title: "Shelly SHUNI-1",
			because: "announces itself as a Shelly",
		},
	]);
	expect(proposeSensors([announce({ id: "shellyplusht-ab12", model: "SNSN-0013A", gen: 2 })])[0]?.entry.link).toBe(
		"mqtt://hub/shellyplusht-ab12",
	);
});

test("a Sparkplug device is proposed by its birth", () => {
	const metric = new MessageWriter().bytes(1, Buffer.from("Gewicht")).varint(4, 9n).varint(7, 1n).finish();
	const payload = new MessageWriter().bytes(2, metric).finish();
	expect(proposeSensors([{ topic: "spBv1.0/Winkel/DBIRTH/Edge A/Schap 12", payload }])).toEqual([
		{
			name: "schap-12",
			entry: {
				driver: "sparkplug",
				link: "mqtt://hub/spBv1.0/Winkel/Edge%20A/Schap%2012",
				settings: { shelves: [{ name: "Schap 12", source: "Gewicht" }] },
			},
			title: "Schap 12",
			because: "was born on spBv1.0/Winkel/DBIRTH/Edge A/Schap 12: weight",
		},
	]);
});

test("what was removed, cannot be read, or measures nothing is not proposed", () => {
	const heard = (topic: string, value: unknown) => ({
		topic,
		payload: Buffer.from(value === "" ? "" : JSON.stringify(value)),
	});
	expect(
		proposeSensors([
			heard("homeassistant/sensor/x/config", ""),
			heard("homeassistant/sensor/y/config", []),
			heard("homeassistant/sensor/knop/battery/config", { stat_t: "a", dev_cla: "battery", unit_of_meas: "%" }),
			heard("homeassistant/light/lamp/config", { stat_t: "a" }),
			heard("spBv1.0/Winkel/NBIRTH/EdgeA", ""),
			heard("shellies/announce", null),
		]),
	).toEqual([]);
});

test("whatever is heard, every proposal is an entry that devices.yaml takes", () => {
	const topic = fc.oneof(
		fc.constantFrom("shellies/announce", "spBv1.0/a/DBIRTH/b/c", "spBv1.0/a/NBIRTH/b", "h/sensor/x/config"),
		fc.string().map((object) => `homeassistant/sensor/${object}/config`),
	);
	const entity = fc.record({
		stat_t: fc.constant("a/b"),
		dev_cla: fc.constantFrom("weight", "temperature"),
		name: fc.option(fc.string()),
		uniq_id: fc.string(),
		dev: fc.record({ name: fc.string(), mdl: fc.string() }),
	});
	const payload = fc.oneof(
		fc.uint8Array(),
		fc
			.oneof(entity, fc.record({ id: fc.string(), model: fc.string() }))
			.map((value) => Buffer.from(JSON.stringify(value))),
	);
	fc.assert(
		fc.property(fc.array(fc.record({ topic, payload }), { maxLength: 6 }), (heard) => {
			for (const proposal of proposeSensors(heard)) {
				expect(Value.Check(Proposal, proposal)).toBe(true);
				const driver = drivers.get(proposal.entry.driver);
				if (!driver) throw new Error(proposal.entry.driver);
				expect(parseLink(proposal.entry.link, driver).kind).toBe("topics");
				const settings = Value.Default(driver.settings, { ...proposal.entry.settings });
				expect([...Value.Errors(driver.settings, settings)]).toEqual([]);
			}
		}),
		{ numRuns: 500 },
	);
});

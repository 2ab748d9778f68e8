import { Type } from "typebox";
import type { TopicLink } from "../../links/link.ts";
import { defineSensor } from "../define.ts";
import { Adoption } from "./adoption.ts";
import { prefixOf } from "./home-assistant-config.ts";
import { brokerSettings, sensorSettings } from "./shelf-settings.ts";
import { readText, topicWire } from "./topic-wire.ts";

const Settings = Type.Object(
	{
		...sensorSettings,
		...brokerSettings,
		announceHub: Type.Boolean({
			default: true,
			description: "Greet the sensors as Home Assistant does, so that they announce themselves again",
		}),
	},
	{ additionalProperties: false },
);

/** Adopts whatever announces itself by Home Assistant's MQTT discovery, without knowing the make. */
export const homeAssistant = defineSensor({
	name: "home-assistant",
	title:
		"Sensors that announce themselves by Home Assistant's MQTT discovery (ESPHome, Zigbee2MQTT, Tasmota and others)",
	provenOn: "emulator only",
	speaks: "topics",
	schemes: ["mqtt", "mqtts"],
	settings: Settings,
	actions: ["self-test"],
	wire: topicWire(readText),
	async open(link, settings, report) {
		const greeting = settings.announceHub
			? link.shared(`birth ${prefixOf(link.topic)}`, (all) => new Greeting(all, `${prefixOf(link.topic)}/status`))
			: undefined;
		const adoption = new Adoption(link, settings, report, () => greeting?.due());
		await adoption.begin();
		return { watch: () => adoption.watch(), perform: async () => adoption.selfTest() };
	},
});

/** Every greeting makes every sensor announce itself: it is said once all who were just adopted are listening. */
const QUIET_MS = 1000;

/** Tells the sensors of a broker that someone listens, as Home Assistant does when it has started. */
class Greeting {
	readonly #link: TopicLink;
	readonly #topic: string;
	#timer: NodeJS.Timeout | undefined;

	constructor(link: TopicLink, topic: string) {
		this.#link = link;
		this.#topic = topic;
	}

	due(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			this.#link.publish(this.#topic, Buffer.from("online")).catch(() => undefined);
		}, QUIET_MS).unref();
	}
}

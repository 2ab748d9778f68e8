import type { ConventionName } from "../../emulators/sensor-conventions.ts";
import { startFarm } from "../../emulators/sensor-farm.ts";
import { TryBroker } from "../../links/topic-broker.testing.ts";
import { homeAssistant } from "./home-assistant.ts";
import { conformSensor, type SensorOnBench } from "./sensors.conformance.ts";

/** A sensor of a convention, alone on a broker of its own. */
async function onBroker(convention: ConventionName): Promise<SensorOnBench> {
	const broker = await TryBroker.open();
	const [sensor] = await startFarm(broker.access, { convention, count: 1 });
	if (!sensor) throw new Error("no sensor");
	return {
		link: sensor.link,
		source: sensor.source,
		broker: broker.access,
		set: (change) => sensor.set(change),
		misbehave: (change) => sensor.misbehave(change),
		unplug: () => sensor.unplug(),
		replug: () => sensor.plugIn(),
		cut: async () => broker.cut(),
		close: async () => {
			await sensor.close();
			await broker.close();
		},
	};
}

conformSensor(homeAssistant, "ESPHome", { has: ["temperature", "signal", "door"], saysUnavailable: true }, () =>
	onBroker("esphome"),
);
conformSensor(homeAssistant, "Zigbee2MQTT", { has: ["temperature", "battery", "door"], saysUnavailable: true }, () =>
	onBroker("zigbee2mqtt"),
);
conformSensor(
	homeAssistant,
	"device discovery",
	{ has: ["temperature", "battery", "door"], saysUnavailable: true },
	() => onBroker("device"),
);
conformSensor(homeAssistant, "Tasmota", { has: [], saysUnavailable: true }, () => onBroker("tasmota"));

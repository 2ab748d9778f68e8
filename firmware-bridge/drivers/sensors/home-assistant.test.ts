import type { ConventionName } from "../../emulators/sensor-conventions.ts";
import { homeAssistant } from "./home-assistant.ts";
import { sensorOnBroker } from "./sensor-on-broker.testing.ts";
import { conformSensor } from "./sensors.conformance.ts";

const on = (convention: ConventionName) => () => sensorOnBroker(convention);

conformSensor(
	homeAssistant,
	"ESPHome",
	{ has: ["temperature", "signal", "door"], saysUnavailable: true },
	on("esphome"),
);
conformSensor(
	homeAssistant,
	"Zigbee2MQTT",
	{ has: ["temperature", "battery", "door"], saysUnavailable: true },
	on("zigbee2mqtt"),
);
conformSensor(
	homeAssistant,
	"device discovery",
	{ has: ["temperature", "battery", "door"], saysUnavailable: true },
	on("device"),
);
conformSensor(homeAssistant, "Tasmota", { has: [], saysUnavailable: true }, on("tasmota"));

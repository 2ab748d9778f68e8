import type { ConventionName } from "../../emulators/sensor-conventions.ts";
import { sensorOnBroker } from "./sensor-on-broker.testing.ts";
import { conformSensor } from "./sensors.conformance.ts";
import { shelly } from "./shelly.ts";

const on = (convention: ConventionName) => () => sensorOnBroker(convention);

conformSensor(
	shelly,
	"a device of the second generation",
	{ has: ["temperature", "battery", "signal", "door"], saysUnavailable: true, unit: "g" },
	on("shelly"),
);
conformSensor(
	shelly,
	"a device of the first generation",
	{ has: ["temperature", "battery", "door"], saysUnavailable: true, unit: "g" },
	on("shelly-gen1"),
);

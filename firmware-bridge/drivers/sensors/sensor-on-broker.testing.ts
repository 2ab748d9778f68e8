import type { ConventionName } from "../../emulators/sensor-conventions.ts";
import { startFarm } from "../../emulators/sensor-farm.ts";
import { TryBroker } from "../../links/topic-broker.testing.ts";
import type { SensorOnBench } from "./sensors.conformance.ts";

/** A sensor of a convention, alone on a broker of its own. */
export async function sensorOnBroker(convention: ConventionName): Promise<SensorOnBench> {
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

import { type Reading, reading } from "@kassahub/contracts/reading.ts";
import type { Broker } from "../broker/broker.ts";
import type { Clock } from "../clock.ts";
import type { Devices } from "./devices.ts";
import { Histories } from "./history.ts";

/** The histories of the shop's devices, from all that is heard of them. */
export function keepHistories(parts: { broker: Broker; devices: Devices; clock: Clock }): Histories {
	const { broker, devices, clock } = parts;
	const histories = new Histories(clock);
	devices.on("state", (state) => histories.heardState(state));
	devices.on("forgotten", (device) => histories.forget(device));
	devices.on("commanded", ({ id }) => histories.sent(id));
	devices.on("result", (result) => histories.heardResult(result));
	broker.on("message", ({ name, value }) => {
		if (name === reading.name) histories.heardReading(value as Reading);
	});
	return histories;
}

import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import { type CliCommand, CliFault, print, say } from "./command.ts";
import { RunningHub } from "./running-hub.ts";

export const devices: CliCommand = {
	words: "devices",
	summary: "Print the state of every device, as the running hub last heard it",
	async run() {
		const hub = await RunningHub.find();
		if (!hub) throw new CliFault("No hub runs here, so nobody talks to the devices. Start it: kassahub start");
		const states = await hub.ask<DeviceState[]>("GET", "/devices");
		for (const { device, state, driver, fault } of states) {
			say(`${device} (${driver}): ${state}${fault ? `, ${fault.code} ${fault.detail ?? ""}` : ""}`);
		}
		if (states.length === 0) say("No device has been heard of. Are there any in devices.yaml?");
		print(states);
		return 0;
	},
};

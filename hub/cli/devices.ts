import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import type { Trace } from "@kassahub/contracts/trace.ts";
import { stringify } from "yaml";
import { type CliCommand, CliFault, print, say } from "./command.ts";
import { RunningHub } from "./running-hub.ts";

const WAIT_MS = 60_000;

/** Devices are the running hub's business: without one nobody talks to them. */
async function theHub(): Promise<RunningHub> {
	const hub = await RunningHub.find();
	if (!hub) throw new CliFault("No hub runs here, so nobody talks to the devices. Start it: kassahub start");
	return hub;
}

/** The result of a command; a device that does not answer in time is a fault. */
async function command(hub: RunningHub, device: string, action: string): Promise<Result> {
	const answer = await hub.post<Result | { id: string }>(`/devices/${device}/commands?wait=${WAIT_MS}`, { action });
	if ("status" in answer) return answer;
	throw new CliFault(`${device} did not answer within ${WAIT_MS / 1000} s. kassahub devices says how it is.`);
}

const faultWords = ({ fault }: Pick<DeviceState, "fault">): string =>
	fault ? `, ${fault.code}${fault.detail ? ` (${fault.detail})` : ""}` : "";

export const devices: CliCommand = {
	words: "devices",
	summary: "Print the state of every device, as the running hub last heard it",
	async run() {
		const states = await (await theHub()).ask<DeviceState[]>("GET", "/devices");
		for (const state of states) say(`${state.device} (${state.driver}): ${state.state}${faultWords(state)}`);
		if (states.length === 0) say("No device has been heard of. Are there any in devices.yaml?");
		print(states);
		return 0;
	},
};

export const devicesScan: CliCommand = {
	words: "devices scan",
	summary: "Look for devices that are plugged in or answer on the network, and propose their entries for devices.yaml",
	async run() {
		const hub = await theHub();
		say("Looking for devices; this takes up to half a minute …");
		const { found = [], ...result } = await command(hub, "bridge", "scan");
		if (result.status !== "done") throw new CliFault(`The scan did not end well${faultWords(result)}.`);
		for (const { name, entry, title, because, usedBy } of found) {
			say(`\n# ${title}: ${because}${usedBy ? `. It is ${usedBy} already` : ""}`);
			if (!usedBy) say(stringify({ [name]: entry }).trimEnd());
		}
		say(`\n${found.length} found. Put an entry under devices: in devices.yaml; the hub picks it up by itself.`);
		print(found);
		return 0;
	},
};

export const devicesTest: CliCommand = {
	words: "devices test",
	summary: "Let a device test itself: print, weigh, show or enquire",
	operands: ["device"],
	async run({ operands: [device = ""] }) {
		const result = await command(await theHub(), device, "self-test");
		say(`${device}: ${result.status}${faultWords(result)}${result.detail ? `, ${result.detail}` : ""}`);
		print(result);
		return result.status === "done" ? 0 : 1;
	},
};

export const devicesTrace: CliCommand = {
	words: "devices trace",
	summary:
		"Follow the frames between the hub and a device, the last ones first, until interrupted; one JSON object a line",
	operands: ["device"],
	async run({ operands: [device = ""] }) {
		const hub = await theHub();
		say(`Frames of ${device}, in (from the device) and out. Control-C ends it.`);
		await hub.follow(`/devices/${device}/trace`, (line) => {
			process.stdout.write(process.stdout.isTTY ? `${inWords(JSON.parse(line))}\n` : `${line}\n`);
		});
		return 0;
	},
};

/** `10:15:00.123 <- {"grams":456}`: a frame for a person at a terminal. */
function inWords({ at, direction, hex, explained, unreadable, times }: Trace): string {
	const says = explained ? JSON.stringify(explained) : `${hex} ${unreadable ?? ""}`;
	return `${at.slice(11, 23)} ${direction === "in" ? "<-" : "->"} ${says}${times ? ` ×${times}` : ""}`;
}

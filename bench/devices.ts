import { commandLatency, type Latency } from "./command-latency.ts";
import { type Crowd, crowd } from "./crowd.ts";
import { compareDecoders, type DecoderFigures } from "./decoders.ts";
import { table } from "./figures.ts";

const SENSORS = 500;
const COMMANDS = 500;

export type DeviceFigures = {
	decoders: DecoderFigures[];
	commands: { hub: Latency; plain: Latency };
	crowd: Crowd;
};

/** What devices cost: their frames, their commands, and a shop full of them. */
export async function compareDevices({
	rounds,
	measureMs,
	say,
}: {
	rounds: number;
	measureMs: number;
	say: (words: string) => void;
}): Promise<DeviceFigures> {
	say("decoders of the device protocols");
	const decoders = compareDecoders(measureMs / 5);
	say(`${COMMANDS} commands to a device, through the hub and through Mosquitto with a plain bridge`);
	const commands = await commandLatency(COMMANDS);
	say(`20 devices and ${SENSORS} sensors beside 10 registers`);
	return { decoders, commands, crowd: await crowd(SENSORS, rounds * 2, measureMs) };
}

export function printDevices({ decoders, commands, crowd }: DeviceFigures): void {
	console.log("\nFrames a second, cut and explained, and that as a ratio of JSON.parse of the same facts\n");
	console.log(
		table([
			["", "frames/s", "vs JSON.parse"],
			...decoders.map(({ driver, framesPerSecond, ofJson }) => [
				driver,
				Math.round(framesPerSecond).toLocaleString("en"),
				`${ofJson.toFixed(2)}x`,
			]),
		]),
	);
	const { hub, plain } = commands;
	console.log("\nA command, from PUBLISH to the device's wire, ms\n");
	console.log(
		table([
			["", "p50", "p99"],
			["kassahub, journalled", hub.p50Ms.toFixed(2), hub.p99Ms.toFixed(1)],
			["Mosquitto and a plain bridge, kept nowhere", plain.p50Ms.toFixed(2), plain.p99Ms.toFixed(1)],
			["ratio", `${(hub.p50Ms / plain.p50Ms).toFixed(2)}x`, `${(hub.p99Ms / plain.p99Ms).toFixed(2)}x`],
		]),
	);
	const { quiet, busy, sensors, spokenPerSecond } = crowd;
	console.log(
		`\nPUBACKs of ${quiet.sales} sales with 20 devices and ${sensors} sensors quiet, and of ${busy.sales} while the sensors speak ${spokenPerSecond.toFixed(0)} times a second, ms\n`,
	);
	console.log(
		table([
			["", "p50", "p99"],
			["quiet", quiet.p50Ms.toFixed(2), quiet.p99Ms.toFixed(1)],
			["speaking", busy.p50Ms.toFixed(2), busy.p99Ms.toFixed(1)],
			["ratio", `${(busy.p50Ms / quiet.p50Ms).toFixed(2)}x`, `${(busy.p99Ms / quiet.p99Ms).toFixed(2)}x`],
		]),
	);
}

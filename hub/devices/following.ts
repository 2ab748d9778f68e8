import { PassThrough } from "node:stream";
import type { Trace } from "@kassahub/contracts/trace.ts";
import { uuidv7 } from "uuidv7";
import type { Clock } from "../clock.ts";
import type { Devices } from "./devices.ts";

/** The bridge tells frames while it is asked to: a follower that vanished costs it no more than this. */
const LEASE_SECONDS = 15;
const RENEW_MS = 5000;
/** A follower that does not read is not waited for. */
const UNREAD_BYTES_MAX = 1024 * 1024;

/** A device's frames as lines of JSON: what its flight recorder holds, then what passes, until the reader goes away. */
export function followDevice(device: string, devices: Devices, clock: Clock): PassThrough {
	const lines = new PassThrough();
	const tell = (trace: Trace): void => {
		if (trace.device !== device || lines.writableLength > UNREAD_BYTES_MAX) return;
		lines.write(`${JSON.stringify(trace)}\n`);
	};
	const ask = (): void => {
		const expiresAt = new Date(clock.epochMs() + RENEW_MS).toISOString();
		devices.command(device, { id: uuidv7(), at: clock.now().at, expiresAt, action: "trace", seconds: LEASE_SECONDS });
	};
	devices.on("trace", tell);
	const renewal = setInterval(ask, RENEW_MS);
	lines.once("close", () => {
		clearInterval(renewal);
		devices.off("trace", tell);
	});
	ask();
	return lines;
}

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { DevicePlan } from "../config.ts";
import { portsOf, realPath } from "../links/port.ts";
import { pause } from "../pause.ts";

const LOOKUP_MS = 1000;

/** Which device of devices.yaml has a port. */
export type Holders = ReadonlyMap<string, DevicePlan>;

/** The ports that are in use, also of devices whose entry has a mistake: that is mended, and the port was meant for them. */
export async function holdersOf(plans: readonly DevicePlan[]): Promise<Holders> {
	const holders = new Map<string, DevicePlan>();
	for (const plan of plans) {
		for (const port of "address" in plan ? portsOf(plan.address) : portsIn(plan)) holders.set(port, plan);
	}
	// A printer that is known by its name has an address too, by which it could be met.
	await Promise.all(
		[...holders].map(async ([port, plan]) => {
			const [, host = "", number] = /^([^/: ]+):(\d+)$/.exec(port) ?? [];
			if (host === "" || isIP(host)) return;
			const found = lookup(host, { family: 4 }).then(
				({ address }) => holders.set(`${address}:${number}`, plan),
				() => undefined,
			);
			await pause(LOOKUP_MS, found);
		}),
	);
	return holders;
}

function portsIn({ link, driver }: DevicePlan): string[] {
	const [, scheme, rest = ""] = /^([a-z]+):\/\/([^?]*)/.exec(link) ?? [];
	if (scheme === "serial" || scheme === "evdev") return [realPath(rest)];
	if (scheme === "tcp") return [/:\d+$/.test(rest) ? rest : `${rest}:${driver?.tcpPort ?? 9100}`];
	return [];
}

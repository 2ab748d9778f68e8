import { type HeardMessage, proposeSensors } from "../drivers/sensors/proposals.ts";
import { encodeRebirth, readPlace } from "../drivers/sensors/sparkplug-codec.ts";
import type { BrokerAccess } from "../links/link.ts";
import { openTopics } from "../links/topics.ts";
import { pause } from "../pause.ts";
import { type Look, nothing } from "./seen.ts";

const LISTEN_MS = 4000;
const MESSAGES_MAX = 5000;
const BYTES_MAX = 8 * 1024 * 1024;

/** Where sensors announce themselves. */
const FILTERS = [
	"homeassistant/+/+/config",
	"homeassistant/+/+/+/config",
	"spBv1.0/+/+/+/#",
	"shellies/announce",
	"shellies/+/announce",
];

/** Listens on the hub's broker for sensors that announce themselves, and asks them to. Adopts none. */
export async function lookForSensors(broker: BrokerAccess, listenMs = LISTEN_MS): Promise<Look> {
	const heard = new Map<string, HeardMessage>();
	const asked = new Set<string>();
	let bytes = 0;
	const link = await openTopics({ topic: "scan" }, { tap: () => undefined, broker });
	try {
		const hear = (topic: string, payload: Uint8Array) => {
			bytes += payload.length;
			// Whoever floods is found by what it said first.
			if (heard.size >= MESSAGES_MAX || bytes > BYTES_MAX) return;
			const place = readPlace(topic);
			const node = place && `spBv1.0/${place.group}/NCMD/${place.node}`;
			// Births are not retained: a node that is heard talking is asked for its own, once.
			if (node && place.type !== "NCMD" && place.type !== "DCMD" && !asked.has(node)) {
				asked.add(node);
				link.publish(node, encodeRebirth(Date.now())).catch(() => undefined);
			}
			heard.set(topic, { topic, payload });
		};
		for (const filter of FILTERS) await link.subscribe(filter, hear);
		await link.publish("homeassistant/status", Buffer.from("online"));
		await link.publish("shellies/command", Buffer.from("announce"));
		await pause(listenMs, link.gone);
	} finally {
		await link.close();
	}
	if (heard.size === 0)
		return nothing("no sensor speaks on the hub's broker: pair one with `kassahub pair --kind sensor`");
	return { seen: proposeSensors(heard.values()), notes: [] };
}

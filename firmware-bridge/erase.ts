import { deviceState } from "@kassahub/contracts/device-state.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { connect } from "mqtt";
import type { BrokerAccess } from "./links/link.ts";
import { mailboxId } from "./mailbox.ts";

const RECONNECT_MS = 1000;

/**
 * Takes a device's retained state back from the broker, and with it the session that gathered its commands. True when
 * the broker has done so; it is tried until then, or until `signal` calls it off.
 */
export async function eraseFromBroker(access: BrokerAccess, device: string, signal: AbortSignal): Promise<boolean> {
	if (signal.aborted) return false;
	const client = connect(access.url, {
		clientId: mailboxId(device),
		username: access.username,
		password: access.password,
		// MQTT 3.1.1 §3.1.2.4: a clean session ends the one that was kept.
		clean: true,
		reconnectPeriod: RECONNECT_MS,
	});
	client.on("error", () => undefined);
	const calledOff = new Promise<false>((resolve) => signal.addEventListener("abort", () => resolve(false)));
	const erased = client
		.publishAsync(topicOf(deviceState, { device }), Buffer.alloc(0), { qos: 1, retain: true })
		.then(() => true)
		.catch(() => false);
	const isErased = await Promise.race([erased, calledOff]);
	await client.endAsync(!isErased);
	return isErased;
}

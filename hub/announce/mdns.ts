import type { EventEmitter } from "node:events";
import { Bonjour } from "bonjour-service";
import type { Logger } from "pino";
import { MDNS_NAME } from "../tls/names.ts";

export type Announced = {
	shop: { id: string; name: string };
	httpsPort: number;
	mqttsPort: number;
};

/** How the multicast socket is bound; the system's own choice unless a test says otherwise. */
export type MulticastOptions = ConstructorParameters<typeof Bonjour>[0];

/**
 * Tells the shop's network where the box is: `kassahub.local`, `_kassahub._tcp` and `_mqtt._tcp` (RFC 6762, 6763). A box
 * without multicast still sells: what fails here is logged and no more.
 */
export function announce(
	{ shop, httpsPort, mqttsPort }: Announced,
	log: Logger,
	options?: MulticastOptions,
): { close(): Promise<void> } {
	const failed = (error: Error) => log.warn({ err: error.message }, "mDNS is not to be had");
	const bonjour = new Bonjour(options, failed);
	// The package listens to errors of answers only: a port that is taken would end the hub.
	(bonjour as unknown as { server: { mdns: EventEmitter } }).server.mdns.on("error", failed);
	const common = { host: MDNS_NAME, txt: { shop: shop.id, v: "1" } };
	bonjour.publish({ ...common, name: shop.name, type: "kassahub", port: httpsPort });
	bonjour.publish({ ...common, name: `${shop.name} MQTT`, type: "mqtt", port: mqttsPort });
	return {
		close: () =>
			new Promise((resolve) => {
				bonjour.unpublishAll(() => bonjour.destroy(() => resolve()));
			}),
	};
}

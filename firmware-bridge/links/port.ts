import { realpathSync } from "node:fs";
import type { LinkAddress } from "./address.ts";

/** What a link takes for itself, by a name that is the same however it was written; two devices cannot share it. */
export function portsOf(address: LinkAddress): string[] {
	switch (address.kind) {
		case "serial":
		case "evdev":
			return [realPath(address.path)];
		case "tcp":
			return [`${address.host}:${address.port}`];
		case "channels": {
			const { host, port, devicePort } = address.channels;
			return [`${host}:${port}`, `port ${devicePort} of this box`];
		}
		case "http":
			return [address.http.url];
		case "usb": {
			const { vendorId, productId, serialNumber = "" } = address.device;
			return [`usb ${vendorId}:${productId} ${serialNumber}`.trim()];
		}
		// Two readers of a kind have one name, and the first free one is taken; topics are for all who listen.
		case "cards":
		case "topics":
			return [];
	}
}

/** The device file that a name leads to: the names in /dev/serial/by-id are links to it. */
export function realPath(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return path;
	}
}

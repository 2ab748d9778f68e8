import { DeviceError } from "../fault.ts";
import type { Link, SerialSettings } from "./link.ts";
import { openSerial } from "./serial.ts";
import { openTcp } from "./tcp.ts";

export type LinkAddress =
	| { kind: "tcp"; host: string; port: number }
	| { kind: "serial"; path: string; settings: SerialSettings };

/**
 * Where a link's URL leads: `tcp://192.168.1.50:9100`, or `serial:///dev/ttyUSB0?baud=9600&bits=7&parity=even&stop=1`,
 * of which every setting is the driver's own unless given. Throws DEVICE_CONFIG_INVALID.
 */
export function parseLink(url: string, defaults: { serial: SerialSettings; tcpPort: number }): LinkAddress {
	let parsed: URL;
	try {
		parsed = new URL(url);
	} catch {
		throw invalid(`${url} is no URL`);
	}
	if (parsed.protocol === "tcp:") {
		if (!parsed.hostname) throw invalid(`${url} names no host; write tcp://192.168.1.50:9100`);
		const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
		return { kind: "tcp", host, port: parsed.port === "" ? defaults.tcpPort : Number(parsed.port) };
	}
	if (parsed.protocol !== "serial:") throw invalid(`${url} is neither tcp:// nor serial://`);
	if (parsed.hostname || parsed.pathname === "") throw invalid(`${url} names no port; write serial:///dev/ttyUSB0`);
	const settings = { ...defaults.serial };
	for (const [name, value] of parsed.searchParams) {
		if (name === "baud" && /^[1-9]\d{2,6}$/.test(value)) settings.baudRate = Number(value);
		else if (name === "bits" && (value === "7" || value === "8")) settings.dataBits = value === "7" ? 7 : 8;
		else if (name === "parity" && (value === "none" || value === "even" || value === "odd")) settings.parity = value;
		else if (name === "stop" && (value === "1" || value === "2")) settings.stopBits = value === "1" ? 1 : 2;
		else
			throw invalid(
				`${url}: ${name}=${value} is no serial setting (baud=9600, bits=7|8, parity=none|even|odd, stop=1|2)`,
			);
	}
	return { kind: "serial", path: decodeURIComponent(parsed.pathname), settings };
}

const invalid = (detail: string): DeviceError => new DeviceError("DEVICE_CONFIG_INVALID", detail);

/** Throws DEVICE_UNREACHABLE with the system's reason. */
export const openLink = (address: LinkAddress): Promise<Link> =>
	address.kind === "tcp" ? openTcp(address.host, address.port) : openSerial(address.path, address.settings);

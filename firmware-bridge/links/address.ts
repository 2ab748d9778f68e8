import { DeviceError } from "../fault.ts";
import type { BrokerAccess, Connection, LinkKind, SerialSettings, Tap } from "./link.ts";
import { examples, type Scheme, schemes } from "./schemes.ts";
import { openSerial } from "./serial.ts";
import { openTcp } from "./tcp.ts";

export type LinkAddress =
	| { kind: "tcp"; host: string; port: number }
	| { kind: "serial"; path: string; settings: SerialSettings };

/** What a driver says of the links that lead to its devices. */
export type LinkNeeds = {
	speaks: LinkKind;
	schemes: readonly Scheme[];
	serial?: SerialSettings;
	tcpPort?: number;
};

/**
 * Where a link's URL leads: `tcp://192.168.1.50:9100`, or `serial:///dev/ttyUSB0?baud=9600&bits=7&parity=even&stop=1`,
 * of which every setting is the driver's own unless given. Throws DEVICE_CONFIG_INVALID.
 */
export function parseLink(text: string, needs: LinkNeeds, _settings: Record<string, unknown> = {}): LinkAddress {
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		throw invalid(`${text} is no URL; write ${wayTo(needs)}`);
	}
	const scheme = schemes.find((candidate) => url.protocol === `${candidate}:`);
	if (!scheme || !needs.schemes.includes(scheme)) throw invalid(`${text} does not lead there; write ${wayTo(needs)}`);
	if (scheme === "tcp") return parseTcp(text, url, needs);
	return parseSerial(text, url, needs);
}

function parseTcp(text: string, url: URL, { tcpPort }: LinkNeeds): LinkAddress {
	if (!url.hostname) throw invalid(`${text} names no host; write ${examples.tcp}`);
	const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
	if (url.port === "" && tcpPort === undefined) throw invalid(`${text} names no port; write ${examples.tcp}`);
	return { kind: "tcp", host, port: url.port === "" ? (tcpPort as number) : Number(url.port) };
}

const SERIAL_DEFAULT: SerialSettings = { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1 };

function parseSerial(text: string, url: URL, { serial = SERIAL_DEFAULT }: LinkNeeds): LinkAddress {
	if (url.hostname || url.pathname === "") throw invalid(`${text} names no port; write serial:///dev/ttyUSB0`);
	const settings = { ...serial };
	for (const [name, value] of url.searchParams) {
		if (name === "baud" && /^[1-9]\d{2,6}$/.test(value)) settings.baudRate = Number(value);
		else if (name === "bits" && (value === "7" || value === "8")) settings.dataBits = value === "7" ? 7 : 8;
		else if (name === "parity" && (value === "none" || value === "even" || value === "odd")) settings.parity = value;
		else if (name === "stop" && (value === "1" || value === "2")) settings.stopBits = value === "1" ? 1 : 2;
		else
			throw invalid(
				`${text}: ${name}=${value} is no serial setting (baud=9600, bits=7|8, parity=none|even|odd, stop=1|2)`,
			);
	}
	return { kind: "serial", path: decodeURIComponent(url.pathname), settings };
}

const wayTo = ({ schemes: led }: LinkNeeds): string => led.map((scheme) => examples[scheme]).join(" or ");

const invalid = (detail: string): DeviceError => new DeviceError("DEVICE_CONFIG_INVALID", detail);

/** What opening a link may need beside its address: the flight recorder's ear, and the way to the hub's own broker. */
export type Opening = { tap: Tap; broker: BrokerAccess | undefined };

/** Opens the kind of link that the address's driver speaks over. Throws DEVICE_UNREACHABLE with the system's reason. */
export function openLink(address: LinkAddress, { tap }: Opening): Promise<Connection> {
	switch (address.kind) {
		case "tcp":
			return openTcp(address.host, address.port, tap);
		case "serial":
			return openSerial(address.path, address.settings, tap);
	}
}

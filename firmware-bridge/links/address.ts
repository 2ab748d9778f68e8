import { DeviceError } from "../fault.ts";
import { openCards } from "./cards.ts";
import { terminalCertificateNames } from "./certificate-names.ts";
import { type ChannelsAddress, openChannels } from "./channels.ts";
import { openEvdev } from "./evdev.ts";
import { type HttpAddress, openHttp } from "./http.ts";
import type { BrokerAccess, Connection, LinkKind, SerialSettings, Tap } from "./link.ts";
import { examples, type Scheme, schemes } from "./schemes.ts";
import { openSerial } from "./serial.ts";
import { openTcp } from "./tcp.ts";
import { openTopics, parseTopics, type TopicsAddress } from "./topics.ts";
import { openUsb } from "./usb.ts";
import type { UsbAddress } from "./usb-device.ts";

export type LinkAddress =
	| { kind: "tcp"; host: string; port: number }
	| { kind: "serial"; path: string; settings: SerialSettings }
	| { kind: "usb"; device: UsbAddress }
	| { kind: "evdev"; path: string }
	| { kind: "cards"; reader: string }
	| { kind: "channels"; channels: ChannelsAddress }
	| { kind: "http"; http: HttpAddress }
	| { kind: "topics"; topics: TopicsAddress };

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
export function parseLink(text: string, needs: LinkNeeds, settings: Record<string, unknown> = {}): LinkAddress {
	// A product id is no port number: it is hexadecimal, and its zeros count.
	if (needs.schemes.includes("usb") && text.startsWith("usb:")) return parseUsb(text);
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		throw invalid(`${text} is no URL; write ${wayTo(needs)}`);
	}
	const scheme = schemes.find((candidate) => url.protocol === `${candidate}:`);
	if (!scheme || !needs.schemes.includes(scheme)) throw invalid(`${text} does not lead there; write ${wayTo(needs)}`);
	if (scheme === "tcp") {
		const address = parseTcp(text, url, needs);
		return needs.speaks === "channels" ? channelsOf(address, settings) : { kind: "tcp", ...address };
	}
	if (scheme === "http" || scheme === "https") return parseHttp(text, url, settings);
	if (scheme === "evdev") return parseEvdev(text, url);
	if (scheme === "pcsc") return parseCards(text, url);
	if (scheme === "mqtt" || scheme === "mqtts") return { kind: "topics", topics: parseTopics(text, url, settings) };
	return parseSerial(text, url, needs);
}

function parseTcp(text: string, url: URL, { tcpPort }: LinkNeeds): { host: string; port: number } {
	if (!url.hostname) throw invalid(`${text} names no host; write ${examples.tcp}`);
	const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
	if (url.port === "" && tcpPort === undefined) throw invalid(`${text} names no port; write ${examples.tcp}`);
	return { host, port: url.port === "" ? (tcpPort as number) : Number(url.port) };
}

function channelsOf(device: { host: string; port: number }, { devicePort }: Record<string, unknown>): LinkAddress {
	if (typeof devicePort !== "number") throw invalid("the setting devicePort, where the hub listens, is missing");
	return { kind: "channels", channels: { ...device, devicePort } };
}

function parseHttp(text: string, url: URL, { caFile, poiId }: Record<string, unknown>): LinkAddress {
	const certificateNames = typeof poiId === "string" ? terminalCertificateNames(poiId) : [];
	if (url.protocol === "http:") return { kind: "http", http: { url: text } };
	if (typeof caFile !== "string") throw invalid(`${text} needs the setting caFile, by which the device is known`);
	return { kind: "http", http: { url: text, caFile, certificateNames } };
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
		else if (name === "flow" && (value === "none" || value === "hardware" || value === "software"))
			settings.flow = value;
		else
			throw invalid(
				`${text}: ${name}=${value} is no serial setting (baud=9600, bits=7|8, parity=none|even|odd, stop=1|2, flow=none|hardware|software)`,
			);
	}
	return { kind: "serial", path: decoded(text, url.pathname), settings };
}

function decoded(text: string, part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		throw invalid(`${text}: % must stand before two hexadecimal digits`);
	}
}

function parseEvdev(text: string, url: URL): LinkAddress {
	if (url.hostname || url.pathname === "") throw invalid(`${text} names no device; write ${examples.evdev}`);
	return { kind: "evdev", path: decoded(text, url.pathname) };
}

/** `pcsc://ACR122U` is any reader with that in its name, `pcsc://` any reader. */
function parseCards(text: string, url: URL): LinkAddress {
	if (url.pathname !== "" || url.search !== "")
		throw invalid(`${text} is more than a reader's name; write ${examples.pcsc}`);
	return { kind: "cards", reader: decoded(text, url.host) };
}

function parseUsb(text: string): LinkAddress {
	const [, vendor, product, serialNumber] = /^usb:\/\/([\da-f]{4}):([\da-f]{4})(?:\/([^/]+))?$/i.exec(text) ?? [];
	if (vendor === undefined || product === undefined) {
		throw invalid(`${text} names no vendor and product; write ${examples.usb}, or usb://04b8:0202/SERIALNUMBER`);
	}
	const ids = { vendorId: Number.parseInt(vendor, 16), productId: Number.parseInt(product, 16) };
	return { kind: "usb", device: serialNumber === undefined ? ids : { ...ids, serialNumber } };
}

const wayTo = ({ schemes: led }: LinkNeeds): string => led.map((scheme) => examples[scheme]).join(" or ");

const invalid = (detail: string): DeviceError => new DeviceError("DEVICE_CONFIG_INVALID", detail);

/** What opening a link may need beside its address: the flight recorder's ear, and the way to the hub's own broker. */
export type Opening = { tap: Tap; broker: BrokerAccess | undefined };

/** Opens the kind of link that the address's driver speaks over. Throws DEVICE_UNREACHABLE with the system's reason. */
export function openLink(address: LinkAddress, { tap, broker }: Opening): Promise<Connection> {
	switch (address.kind) {
		case "tcp":
			return openTcp(address.host, address.port, tap);
		case "serial":
			return openSerial(address.path, address.settings, tap);
		case "usb":
			return openUsb(address.device, tap);
		case "cards":
			return openCards(address, tap);
		case "evdev":
			return openEvdev({ path: address.path }, tap);
		case "channels":
			return openChannels(address.channels, tap);
		case "http":
			return openHttp(address.http, tap);
		case "topics":
			return openTopics(address.topics, { tap, broker });
	}
}

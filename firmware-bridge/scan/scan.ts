import type { DeviceConfig } from "@kassahub/contracts/config.ts";
import type { Proposal } from "@kassahub/contracts/device-proposal.ts";
import type { Logger } from "pino";
import type { DevicePlan } from "../config.ts";
import type { Driver } from "../drivers/driver.ts";
import { parseLink } from "../links/address.ts";
import { portsOf } from "../links/port.ts";
import { pause } from "../pause.ts";
import type { Announced } from "./announcements.ts";
import { type Holders, holdersOf } from "./holders.ts";
import { lookAtKeyboards } from "./keyboards.ts";
import { lookOnLan, nameOf } from "./lan-printers.ts";
import { type Look, nothing, type Seen } from "./seen.ts";
import { lookAtSerialPorts, type PortInfo } from "./serial-ports.ts";
import { lookAtUsb } from "./usb-bus.ts";

/** Whatever was found by then is what was found. */
const WITHIN_MS = 20_000;

/** Where devices are looked for; a test has a world of its own here, and touches no other. */
export type Surroundings = {
	/** The root of the file system: under it dev, sys and proc. */
	root: string;
	listPorts(): Promise<PortInfo[]>;
	/** The addresses that are tried on the printers' port. */
	hosts(): readonly string[];
	printerPort: number;
	announced(): Promise<Announced[]>;
	/** NFC readers and sensors, by those who know them. */
	others: Record<string, (plans: readonly DevicePlan[]) => Promise<Look>>;
};

export type ScanOptions = {
	plans: readonly DevicePlan[];
	drivers: readonly Driver[];
	surroundings: Surroundings;
	log: Logger;
};

export type Scan = { found: Proposal[]; notes: string[] };

/**
 * Looks for devices that are plugged in or answer on the network, everywhere at once, for twenty seconds at most.
 * What devices.yaml uses is named and not touched.
 */
export async function scan({ plans, drivers, surroundings, log }: ScanOptions): Promise<Scan> {
	const abort = new AbortController();
	const { signal } = abort;
	const { root, listPorts } = surroundings;
	const holders = await holdersOf(plans);
	const looks = new Map<string, Look>();
	const places: Surroundings["others"] = {
		serial: () => lookAtSerialPorts({ root, listPorts, holderOf: (path) => holders.get(path), signal }),
		usb: () => lookAtUsb(root),
		keyboards: () => lookAtKeyboards(root),
		network: async () =>
			lookOnLan(surroundings.hosts(), {
				port: surroundings.printerPort,
				announced: await surroundings.announced(),
				isInUse: (endpoint) => holders.has(nameOf(endpoint)),
				signal,
			}),
		...surroundings.others,
	};
	const looking = Object.entries(places).map(async ([place, look]) => {
		try {
			const { seen, notes } = await look(plans);
			looks.set(place, { seen, notes });
			log.info({ place, seen: seen.length, notes }, "scan");
		} catch (error) {
			looks.set(place, nothing(`${place} could not be searched`));
			log.warn({ err: error, place }, "scan");
		}
	});
	await pause(WITHIN_MS, Promise.all(looking));
	abort.abort();
	const all = Object.keys(places).map((place) => looks.get(place) ?? nothing(`${place}: searched for too long`));
	const names = new Set(plans.map(({ name }) => name));
	const known = new Map(drivers.map((driver) => [driver.name, driver]));
	const found = all.flatMap(({ seen }) => seen).flatMap((one) => propose(one, { plans, holders, names, known }));
	return {
		found: found.sort((a, b) => Number(a.usedBy !== undefined) - Number(b.usedBy !== undefined)),
		notes: all.flatMap(({ notes }) => notes),
	};
}

type Known = {
	plans: readonly DevicePlan[];
	holders: Holders;
	names: Set<string>;
	known: ReadonlyMap<string, Driver>;
};

/** An entry that devices.yaml would take as it is; nothing where no driver here could drive it. */
function propose({ name, entry, title, because }: Seen, { plans, holders, names, known }: Known): Proposal[] {
	const driver = known.get(entry.driver);
	if (!driver) return [];
	const usedBy = (holderOf(entry, driver, holders) ?? plans.find(({ link }) => link === entry.link))?.name;
	if (usedBy !== undefined) return [{ name: usedBy, entry, title, because, usedBy }];
	let free = name;
	for (let number = 2; names.has(free); number++) free = `${name}-${number}`;
	names.add(free);
	return [{ name: free, entry, title, because }];
}

function holderOf(entry: DeviceConfig, driver: Driver, holders: Holders): DevicePlan | undefined {
	try {
		return portsOf(parseLink(entry.link, driver, entry.settings))
			.map((port) => holders.get(port))
			.find((plan) => plan !== undefined);
	} catch {
		// A link that also needs a setting that only the shop knows.
		return undefined;
	}
}

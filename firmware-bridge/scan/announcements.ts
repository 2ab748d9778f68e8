import type { EventEmitter } from "node:events";
import { Bonjour, type Service } from "bonjour-service";
import { isOwn } from "./networks.ts";

/** A service that a device announces on the network by itself (RFC 6763). */
export type Announced = { type: string; host: string; port: number; name: string; txt: Record<string, string> };

/** Printers' services: raw data on port 9100, LPD, IPP. Pin terminals and scales announce nothing that is known of. */
const TYPES = ["pdl-datastream", "printer", "ipp"];
const WORD_LENGTH_MAX = 80;
const ANNOUNCED_MAX = 200;

export type MulticastOptions = ConstructorParameters<typeof Bonjour>[0];

/** Asks the network who announces a printer, and listens for so long. Gives nothing where there is no multicast. */
export async function listenForAnnouncements(ms: number, options?: MulticastOptions): Promise<Announced[]> {
	const found = new Map<string, Announced>();
	const bonjour = new Bonjour(options, () => undefined);
	const mdns = (bonjour as unknown as { server: { mdns: EventEmitter } }).server.mdns;
	// What this box may not bind, and what a stranger sends that the package can't take, ends nothing here.
	const emit = mdns.emit.bind(mdns);
	mdns.emit = (...event) => {
		try {
			return emit(...event);
		} catch {
			return true;
		}
	};
	for (const type of TYPES) {
		bonjour.find({ type }, (service) => {
			const announced = read(type, service);
			if (announced && found.size < ANNOUNCED_MAX)
				found.set(JSON.stringify([type, announced.host, announced.port]), announced);
		});
	}
	await new Promise((resolve) => setTimeout(resolve, ms));
	await new Promise<void>((resolve) => bonjour.destroy(resolve));
	return [...found.values()];
}

function read(type: string, { referer, port, name, txt }: Service): Announced | undefined {
	const host = referer?.address;
	if (host === undefined || !isOwn(host) || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
	const words = Object.entries((txt ?? {}) as Record<string, unknown>).map(([key, value]) => [
		key.toLowerCase(),
		plain(String(value)),
	]);
	return { type, host, port, name: plain(name), txt: Object.fromEntries(words) };
}

/** A stranger's words, for a screen. */
const plain = (words: string): string => words.replace(/[^\x20-\x7e\u00a0-\u024f]/g, "").slice(0, WORD_LENGTH_MAX);

/** A printer's own words about itself: the Bonjour Printing Specification's `ty`, or its name on the network. */
export const describe = ({ txt, name }: Announced): string => txt.ty || name;

/** It prints pages: what a receipt printer is asked might come out of it on paper. */
export const isOfficePrinter = ({ txt }: Announced): boolean =>
	/postscript|pcl|urf|pwg|pdf/i.test(txt.pdl ?? "") || txt.urf !== undefined;

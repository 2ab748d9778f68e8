import type { Config } from "@kassahub/contracts/config.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Trace } from "@kassahub/contracts/trace.ts";

const HIDDEN = "[left out]";

/** The fields of log lines that say how the hub and its devices do. A field that is not here stays behind. */
const LOG_FIELDS: ReadonlySet<string> = new Set(
	`level time part msg code device driver class state status action reason field fault attempt signal restartInMs
	silentMs waitMs devices place kind port http https mqtt mqtts variable journal number isKept silent bytes max err type
	message stack file terminal entries first last backlog why route statusCode`.split(/\s+/),
);

/** Settings of a link's URL that are no secret: the rest of a query may be. */
const LINK_SETTINGS: ReadonlySet<string> = new Set(
	"baud databits parity stopbits flow rts dtr interface serial qos".split(" "),
);

/** Of these classes frames hold receipts, cards, badges or what customers carry: only that they passed is told. */
const PRIVATE_FRAMES: ReadonlySet<DeviceState["class"]> = new Set(["printer", "terminal", "nfc", "scanner", "display"]);

/** Takes out of words what must not leave the box: names of people, and all that looks like a secret, card or address. */
export const scrubWords = (words: string, names: readonly string[]): string =>
	words
		.split(/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/)
		// Every other piece is an id of ours, by which things are found again.
		.map((piece, index) => (index % 2 === 1 ? piece : scrubPiece(piece, names)))
		.join("");

function scrubPiece(piece: string, names: readonly string[]): string {
	let clean = piece
		.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']*@/gi, `$1${HIDDEN}@`)
		.replace(
			/\b(bearer|basic|password|passphrase|token|secret|pin|key)(["']?\s*[:= ]\s*["']?)[^\s"',;]+/gi,
			`$1$2${HIDDEN}`,
		)
		.replace(/\b[\w.+-]+@[\w-]+\.[\w.-]+\b/g, HIDDEN)
		// Keys and tokens as base64url or hexadecimal; plain words have neither digits nor capitals.
		.replace(/(?<![\w-])[\w-]{24,}(?![\w-])/g, (found) => (/^[a-z_-]+$/.test(found) ? found : HIDDEN))
		// Card numbers, also with spaces; barcodes and phone numbers go with them, dates stay.
		.replace(/\b\d(?:[ -]?\d){7,}\b/g, (found) => (/^\d{4}-\d\d-\d\d$/.test(found) ? found : HIDDEN))
		.replace(/\b(?:[0-9a-f]{2}[: ]?){4,10}\b/gi, HIDDEN)
		.replace(/\bperson:[a-z0-9-]+/g, `person:${HIDDEN}`);
	for (const name of names) clean = clean.replace(new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`, "gi"), HIDDEN);
	return clean;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A log line with the fields that are known to be harmless, their words scrubbed. */
export function scrubLogLine(line: string, names: readonly string[]): string {
	const clean = (value: unknown): unknown => {
		if (typeof value === "string") return scrubWords(value, names);
		if (Array.isArray(value)) return value.map(clean);
		if (typeof value !== "object" || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).flatMap(([key, inner]) => (LOG_FIELDS.has(key) ? [[key, clean(inner)]] : [])),
		);
	};
	return JSON.stringify(clean(JSON.parse(line)));
}

/** A link without login and without what it is set to in secret. */
export function scrubLink(link: string): string {
	let url: URL;
	try {
		url = new URL(link);
	} catch {
		return HIDDEN;
	}
	url.username = "";
	url.password = "";
	url.hash = "";
	for (const key of [...url.searchParams.keys()]) {
		if (!LINK_SETTINGS.has(key.toLowerCase())) url.searchParams.set(key, HIDDEN);
	}
	return decodeURIComponent(url.href);
}

/** devices.yaml as a technician needs it: names, drivers, links, and those settings that can hold no secret. */
export function scrubConfig({ shop, mqtt, cloud, devices = {} }: Config): Record<string, unknown> {
	return {
		shop: { id: shop.id, language: shop.language ?? "nl" },
		...(mqtt ? { mqtt: { lan: mqtt.lan } } : {}),
		...(cloud ? { cloud: { url: scrubLink(cloud.url) } } : {}),
		devices: Object.fromEntries(
			Object.entries(devices).map(([name, { driver, link, registers, receipts, settings }]) => [
				name,
				{
					driver,
					link: scrubLink(link),
					...(registers ? { registers } : {}),
					...(receipts ? { receipts } : {}),
					...(settings ? { settings: scrubSettings(settings) } : {}),
				},
			]),
		),
	};
}

/** Numbers and switches stay, unless their name speaks of a secret; words stay behind: a passphrase is one too. */
function scrubSettings(settings: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(settings).map(([key, value]) => {
			const isPlain = typeof value === "boolean" || typeof value === "number";
			return [key, isPlain && !/pass|secret|key|token|pin|auth|login|code$/i.test(key) ? value : HIDDEN];
		}),
	);
}

/** A frame: its content only where no customer, card or receipt can be in it. */
export function scrubTrace(trace: Trace, deviceClass: DeviceState["class"], names: readonly string[]): Partial<Trace> {
	const { at, direction, bytes, times, unreadable, hex, explained } = trace;
	const passed = { at, direction, bytes, ...(times ? { times } : {}), ...(unreadable ? { unreadable: "yes" } : {}) };
	if (PRIVATE_FRAMES.has(deviceClass)) return passed;
	const told = explained ? JSON.parse(JSON.stringify(explained), (_key, value) => scrubbed(value, names)) : undefined;
	return { ...passed, hex, ...(told ? { explained: told } : {}) };
}

const scrubbed = (value: unknown, names: readonly string[]): unknown =>
	typeof value === "string" ? scrubWords(value, names) : value;

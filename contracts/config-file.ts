import { Value } from "typebox/value";
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { Config, DeviceConfig } from "./config.ts";
import { ClientName } from "./fields.ts";
import { mistakesIn } from "./schema-words.ts";

/** One mistake in devices.yaml: where it stands, what is wrong, and what to write instead. */
export type ConfigFault = { line: number; field: string; message: string; remedy: string };

/** A device that is left out for the mistakes in its entry, with as much of it as could be read. */
export type RefusedDevice = { name: string; driver: string; link: string; faults: ConfigFault[] };

/** devices.yaml as it was read. */
export type ConfigFile = {
	/** What can be used: devices whose entry is wrong are left out. */
	config: Config;
	refused: RefusedDevice[];
	/** Mistakes in entries whose name no topic could carry. */
	nameless: ConfigFault[];
	/** The line, from 1, on which a field stands, or the nearest field above it where it is absent. */
	lineOf(path: readonly string[]): number;
};

/** The name by which the bridge itself is commanded. */
export const BRIDGE_NAME = "bridge";

/** A mistake as one line for people: `line 7, devices.bonprinter.link: is missing. Add it.` */
export const faultWords = ({ line, field, message, remedy }: ConfigFault): string =>
	`line ${line}${field ? `, ${field}` : ""}: ${message}. ${remedy}`;

/** Why devices.yaml as a whole cannot be used. */
export class ConfigInvalid extends Error {
	readonly faults: ConfigFault[];

	constructor(file: string, faults: ConfigFault[]) {
		super(faults.map((fault) => `${file}: ${faultWords(fault)}`).join("\n"));
		this.name = "ConfigInvalid";
		this.faults = faults;
	}
}

/**
 * Reads devices.yaml from its text. A mistake in one device stays with that device. Throws ConfigInvalid, with every
 * mistake and its line, where the file as a whole cannot be used.
 */
export function readConfig(text: string, file = "devices.yaml"): ConfigFile {
	const lines = new LineCounter();
	const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
	const lineAt = (offset: number): number => lines.linePos(offset).line;
	const lineOf = (path: readonly string[]): number => lineAt(offsetOf(document.contents, path));

	const doubles: ConfigFault[] = [];
	const broken: ConfigFault[] = [];
	for (const { code, message, pos } of document.errors) {
		const path = code === "DUPLICATE_KEY" ? pathTo(document.contents, pos[0]) : [];
		if (path[0] === "devices" && path.length > 1) doubles.push(doubled(path, lineAt(pos[0]), lineOf(path)));
		else broken.push({ line: lineAt(pos[0]), field: path.join("."), message, remedy: remedyFor(code) });
	}
	if (broken.length > 0) throw new ConfigInvalid(file, broken);

	const { devices, ...rest } = contentsOf(document, file);
	const mistakes = mistakesIn(Config, rest).map(({ path, message, remedy }) => fault(path, lineOf, message, remedy));
	if (devices !== undefined && devices !== null && !isRecord(devices)) {
		const remedy = "Write each device's name on a line of its own with two spaces before it, and a colon behind it.";
		mistakes.push(fault(["devices"], lineOf, "must be names, each with its entry indented under it", remedy));
	}
	if (mistakes.length > 0) throw new ConfigInvalid(file, mistakes);

	const good: [string, DeviceConfig][] = [];
	const refused: RefusedDevice[] = [];
	const nameless: ConfigFault[] = [];
	for (const [name, entry] of Object.entries(isRecord(devices) ? devices : {})) {
		const misnamed = misnaming(name, lineOf);
		const own = doubles.filter(({ field }) => `${field}.`.startsWith(`devices.${name}.`));
		const wrong = mistakesIn(DeviceConfig, entry).map(({ path, message, remedy }) =>
			fault(["devices", name, ...path], lineOf, message, remedy),
		);
		const faults = [...own, ...wrong];
		if (misnamed) nameless.push(misnamed);
		else if (faults.length > 0) refused.push({ name, ...asWritten(entry), faults });
		else good.push([name, entry as DeviceConfig]);
	}
	const config = rest as Config;
	if (devices !== undefined) config.devices = Object.fromEntries(good);
	return { config, refused, nameless, lineOf };
}

function contentsOf(document: ReturnType<typeof parseDocument>, file: string): Record<string, unknown> {
	let value: unknown;
	try {
		value = document.toJS();
	} catch (error) {
		// An alias that leads nowhere, or so many that they would fill the memory.
		const { message } = error as Error;
		throw new ConfigInvalid(file, [{ line: 1, field: "", message, remedy: "Write it out without & and *." }]);
	}
	if (isRecord(value)) return value;
	const remedy = "Begin with `shop:`, and under it `id:` and `name:`, each with two spaces before it.";
	throw new ConfigInvalid(file, [{ line: 1, field: "", message: "has no shop in it", remedy }]);
}

const isClientName = (name: string): boolean => Value.Check(ClientName, name);

function misnaming(name: string, lineOf: ConfigFile["lineOf"]): ConfigFault | undefined {
	const path = ["devices", name];
	if (name === BRIDGE_NAME) return fault(path, lineOf, "is the name of the bridge itself", "Choose another name.");
	if (isClientName(name)) return undefined;
	const better = name
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, "-")
		.replace(/^-+|-+$/g, "")
		.slice(0, 32);
	const example = better ? `, such as ${better}` : "";
	const remedy = `Choose small letters, digits and dashes, at most 32 characters${example}.`;
	return fault(path, lineOf, "is no name for a device", remedy);
}

function doubled(path: string[], line: number, firstLine: number): ConfigFault {
	const remedy = path.length === 2 ? "Give one of the two another name." : "Remove one of the two.";
	return { line, field: path.join("."), message: `stands here twice, first on line ${firstLine}`, remedy };
}

const fault = (
	path: readonly string[],
	lineOf: ConfigFile["lineOf"],
	message: string,
	remedy: string,
): ConfigFault => ({ line: lineOf(path), field: path.join("."), message, remedy });

const remedyFor = (code: string): string =>
	code === "DUPLICATE_KEY"
		? "Remove one of the two."
		: "Mind the indentation: two spaces a level, a space after each colon.";

function asWritten(entry: unknown): { driver: string; link: string } {
	const { driver, link } = isRecord(entry) ? entry : {};
	return { driver: typeof driver === "string" ? driver : "unknown", link: typeof link === "string" ? link : "" };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === "object" && value !== null && !Array.isArray(value);

type Place = { key: string; offset: number; value: unknown };

/** The fields of a map or the items of a list, with where each begins. */
function placesIn(node: unknown): Place[] {
	if (isMap(node)) {
		return (node.items as Pair<unknown, unknown>[]).flatMap(({ key, value }) =>
			isScalar(key) && key.range ? [{ key: String(key.value), offset: key.range[0], value }] : [],
		);
	}
	if (!isSeq(node)) return [];
	return node.items.map((value, index) => ({ key: String(index), offset: (value as Node).range?.[0] ?? 0, value }));
}

function offsetOf(root: unknown, path: readonly string[]): number {
	let offset = 0;
	let node = root;
	for (const step of path) {
		const place = placesIn(node).find(({ key }) => key === step);
		if (!place) break;
		({ offset, value: node } = place);
	}
	return offset;
}

/** The path to the field that begins at an offset. */
function pathTo(node: unknown, offset: number): string[] {
	const place = placesIn(node).findLast((candidate) => candidate.offset <= offset);
	if (!place) return [];
	return place.offset === offset ? [place.key] : [place.key, ...pathTo(place.value, offset)];
}

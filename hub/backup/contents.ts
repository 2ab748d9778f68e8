import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { parse } from "yaml";
import type { Packed } from "./archive.ts";

/** Of the data folder, beside the journal: what makes the box itself. Readings, sessions and cursors come by themselves. */
const OF_THE_BOX = ["journal.key", "pairings.json", "people.json", "tls/*", "bridge/**/*.json"];

export const JOURNAL_NAME = "data/journal.db";
export const CONFIG_NAME = "config/devices.yaml";
export const MANIFEST_NAME = "manifest.json";

/** Says what is in an archive; its first file. */
export type Manifest = {
	v: 1;
	at: string;
	box: string;
	shop: string;
	journal: { number: number; hash: string };
	/** Files that devices.yaml names and that lie elsewhere: their names in the archive, and their places on the lost box. */
	elsewhere: Record<string, string>;
};

/** The files of the box but for its journal, as they are now. They are small, and replaced as a whole when they change. */
export function boxFiles(dataDir: string): Packed[] {
	return globSync(OF_THE_BOX, { cwd: dataDir }).flatMap((name) => {
		const path = join(dataDir, name);
		return name.endsWith(".new") || !statSync(path).isFile() ? [] : [packed(`data/${name}`, path)];
	});
}

/** devices.yaml and the files with secrets that it names, as far as they are there. */
export function configFiles(configFile: string): { files: Packed[]; elsewhere: Manifest["elsewhere"] } {
	const folder = dirname(configFile);
	const files = [packed(CONFIG_NAME, configFile)];
	const elsewhere: Manifest["elsewhere"] = {};
	for (const named of new Set(filesNamed(parse(readFileSync(configFile, "utf8"))))) {
		const path = [resolve(folder, named), resolve(named)].find(existsSync);
		if (path === undefined || !statSync(path).isFile()) continue;
		const inside = relative(folder, path);
		if (!inside.startsWith("..") && !isAbsolute(inside)) files.push(packed(`config/${inside}`, path));
		else {
			const name = `elsewhere/${Object.keys(elsewhere).length + 1}`;
			elsewhere[name] = path;
			files.push(packed(name, path));
		}
	}
	return { files, elsewhere };
}

function packed(name: string, path: string): Packed {
	const content = new Uint8Array(readFileSync(path));
	return { name, bytes: content.byteLength, content };
}

/** The values of every field whose name ends in File: passwordFile, secretFile, caFile. */
function filesNamed(value: unknown): string[] {
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([field, held]) =>
		typeof held === "string" && field.endsWith("File") ? [held] : filesNamed(held),
	);
}

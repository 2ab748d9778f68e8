// Whether web/dist was built from the sources that are here now. Plain JS: it runs under whatever Node started npm.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./stamp.js";

const stampFile = join(root, "web/dist/.stamp");
/** Pages are made of their own sources, the contracts they import and the versions of their packages. */
const sources = ["web", "contracts", "package-lock.json", "tsconfig.json"];

/** The hash of everything that the pages are built from. */
export const hashPages = () => {
	const hash = createHash("sha256");
	for (const source of sources) addTo(hash, source);
	return hash.digest("hex");
};

const addTo = (hash, path) => {
	if (/(^|\/)(node_modules|dist)$|\.test\.tsx?$/.test(path)) return;
	let names;
	try {
		names = readdirSync(join(root, path)).sort();
	} catch (error) {
		if (error.code !== "ENOTDIR") throw error;
		hash.update(`${path}\0`).update(readFileSync(join(root, path)));
		return;
	}
	for (const name of names) addTo(hash, `${path}/${name}`);
};

export const isBuilt = (hash) => existsSync(stampFile) && readFileSync(stampFile, "utf8") === hash;

/** A build that fails halfway leaves pages of two times: they count as not built, whatever the sources become. */
export const markUnbuilt = () => rmSync(stampFile, { force: true });

export const markBuilt = (hash) => writeFileSync(stampFile, hash);

// Which packages are installed, as one line in node_modules, written by npm itself (postinstall of package.json).
// Plain JS: it runs under whatever Node started npm.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
export const modules = join(root, "node_modules");
export const pinnedNode = join(modules, "node/bin/node");

const stampFile = join(modules, ".kassahub-stamp");
const parts = ["contracts", "hub", "firmware-bridge", "cloud-relay", "cloud", "web"];

/** What of a manifest decides which packages are installed: a new script in it needs no new install. */
const decisive = ["dependencies", "devDependencies", "optionalDependencies", "overrides", "allowScripts"];

const wanted = (omitted) => {
	const hash = createHash("sha256").update(readFileSync(join(root, "package-lock.json")));
	for (const folder of ["", ...parts]) {
		const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
		hash.update(JSON.stringify(decisive.map((field) => manifest[field])));
	}
	return `${hash.digest("hex")} ${process.platform}-${process.arch}${omitted ? ` without ${omitted}` : ""}`;
};

export const isInstalled = () =>
	existsSync(pinnedNode) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted("");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	// An install without the development packages can't build pages or run tests: it doesn't count as installed.
	writeFileSync(stampFile, wanted(process.env.npm_config_omit ?? ""));
}

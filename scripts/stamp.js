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

const wanted = (omitted) => {
	const hash = createHash("sha256");
	const manifests = ["package.json", "package-lock.json", ...parts.map((part) => `${part}/package.json`)];
	for (const file of manifests) {
		if (existsSync(join(root, file))) hash.update(readFileSync(join(root, file)));
	}
	return `${hash.digest("hex")} ${process.platform}-${process.arch}${omitted ? ` without ${omitted}` : ""}`;
};

export const isInstalled = () =>
	existsSync(pinnedNode) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted("");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	// An install without the development packages can't build pages or run tests: it doesn't count as installed.
	writeFileSync(stampFile, wanted(process.env.npm_config_omit ?? ""));
}

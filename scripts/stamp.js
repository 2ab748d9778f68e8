// What is installed, as one line in node_modules. Plain JS: it runs under whatever Node started npm.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
export const modules = join(root, "node_modules");

const stampFile = join(modules, ".kassahub-stamp");
const parts = ["contracts", "hub", "firmware-bridge", "cloud-relay", "cloud", "web"];

const wanted = () => {
	const hash = createHash("sha256");
	const manifests = ["package.json", "package-lock.json", ...parts.map((part) => `${part}/package.json`)];
	for (const file of manifests) {
		if (existsSync(join(root, file))) hash.update(readFileSync(join(root, file)));
	}
	return `${hash.digest("hex")} ${process.platform}-${process.arch}`;
};

export const isInstalled = () => existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted();

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(stampFile, wanted());

// `npm run -s sbom > kassahub.cdx.json`: what a box runs, as a CycloneDX bill of materials.
// npm lists everything that package-lock.json names; what serves only to build and test is left out here. npm's own
// `--omit dev` would leave out too much: also what a part needs that the tests happen to need as well, such as mqtt.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { modules, root } from "./stamp.js";

/** The names and versions that package-lock.json has for more than development. */
export const shippedPackages = (lock) => {
	const shipped = new Set();
	for (const [path, { name, version, dev, link }] of Object.entries(lock.packages)) {
		if (path === "" || dev || link) continue;
		// A workspace lies in a folder of its own, and says what it is called.
		shipped.add(`${name ?? path.split("node_modules/").at(-1)}@${version}`);
	}
	return shipped;
};

/** The bill without what is not shipped, and under the project's own names. */
export const narrow = (bill, shipped) => {
	const components = bill.components.filter((component) => shipped.has(component["bom-ref"]));
	const kept = new Set([bill.metadata.component["bom-ref"], ...components.map((component) => component["bom-ref"])]);
	return {
		...bill,
		metadata: { ...bill.metadata, component: { ...bill.metadata.component, type: "application", name: "kassahub" } },
		components: components.map((component) => ({ ...component, name: component["bom-ref"].replace(/@[^@]*$/, "") })),
		dependencies: bill.dependencies
			.filter(({ ref }) => kept.has(ref))
			.map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) })),
	};
};

const listAll = () => {
	// npm must not run under the Node that lies among the packages.
	const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.startsWith(modules));
	const words = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
	const env = { ...process.env, PATH: path.join(delimiter) };
	const npm = spawnSync("npm", words, { cwd: root, env, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
	if (npm.status === 0) return JSON.parse(npm.stdout);
	console.error(`npm sbom ended with ${npm.status ?? npm.error?.message}\n${npm.stderr ?? ""}`);
	process.exit(1);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
	process.stdout.write(`${JSON.stringify(narrow(listAll(), shippedPackages(lock)), null, "\t")}\n`);
}

// Builds the one module that only compiles here: the way to NFC readers (postinstall of package.json). npm would build
// it for the Node that started npm, or for whichever `nodedir` the machine's npmrc names, and neither runs the hub.
// Where it can't be built the install goes on, without NFC. Plain JS: it runs under whatever Node started npm.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { modules, pinnedNode } from "./stamp.js";

const folder = join(modules, "@pokusew/pcsclite");
// An image brings its own Node 24 and leaves the pinned one out.
const node = existsSync(pinnedNode) ? pinnedNode : process.execPath;
const homes = [
	join(modules, "node/node_modules", `node-${process.platform}-${process.arch}`),
	...(node === process.execPath ? [dirname(dirname(node))] : []),
];

export const isNfcBuilt = () => existsSync(join(folder, "build/Release/pcsclite.node"));

const loads = () => spawnSync(node, ["-e", `require(${JSON.stringify(folder)})`]).status === 0;

/** Why it could not be built, or nothing. */
const build = () => {
	const nodeGyp = process.env.npm_config_node_gyp;
	if (!nodeGyp) return "run by npm only";
	const home = homes.find((candidate) => existsSync(join(candidate, "include/node/node.h")));
	if (!home) return "the headers of Node 24 are not there: npm ci brings them";
	const { status, stdout, stderr } = spawnSync(node, [nodeGyp, "rebuild"], {
		cwd: folder,
		// It outranks a `nodedir` in npmrc, and npm passes it on without a warning.
		env: { ...process.env, npm_package_config_node_gyp_nodedir: home },
		encoding: "utf8",
	});
	if (status === 0 && loads()) return undefined;
	const complaint = `${stdout}\n${stderr}`.split("\n").find((line) => /error:|not found|gyp ERR! stack/i.test(line));
	return complaint?.trim() ?? `node-gyp ended with ${status}`;
};

if (process.argv[1] === fileURLToPath(import.meta.url) && existsSync(folder) && !loads()) {
	const complaint = build();
	if (complaint !== undefined) {
		console.error(
			`[setup] NFC off: apt-get install build-essential python3 libpcsclite-dev, then npm ci (${complaint})`,
		);
	}
}

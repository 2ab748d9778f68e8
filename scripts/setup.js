// Before every npm script: installs what is missing, says so, and is quick when nothing changed.
// Plain JS: it runs under whatever Node (20 or newer) started npm, because Node 24 may not be there yet.
import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { isInstalled, modules, root } from "./stamp.js";

const say = (words) => console.error(`[setup] ${words}`);

if (Number(process.versions.node.split(".")[0]) < 20) {
	say(`Node ${process.versions.node} is too old to start from. Install Node 20 or newer, then run this again.`);
	process.exit(1);
}

// `npm ci` deletes node_modules, so it must not run under the Node that lives in there.
const PATH = (process.env.PATH ?? "")
	.split(delimiter)
	.filter((dir) => !dir.startsWith(modules))
	.join(delimiter);

if (!isInstalled()) {
	say("installing packages and Node 24 (npm ci), about a minute the first time ...");
	const install = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
		cwd: root,
		env: { ...process.env, PATH },
		stdio: ["ignore", 2, 2],
	});
	if (install.status !== 0) {
		say("npm ci failed. Check the network and the messages above, then run this again.");
		process.exit(install.status ?? 1);
	}
	say("packages installed");
}

// Before every npm script: installs and builds what is missing, says so, and is quick when nothing changed.
// `--with test`, `--with bench` and `--with test:usb` also make sure of the programs that those run against.
// Plain JS: it runs under whatever Node (20 or newer) started npm, because Node 24 may not be there yet.
import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { isNfcBuilt } from "./native.js";
import { hashPages, isBuilt, markBuilt, markUnbuilt } from "./pages.js";
import { isInstalled, modules, root } from "./stamp.js";
import { canInstall, installCommand, installPackages, missingPackages } from "./tools.js";

const say = (words) => console.error(`[setup] ${words}`);

const giveUp = (words) => {
	say(words);
	process.exit(1);
};

const npm = (...words) => {
	// `npm ci` deletes node_modules, so npm must not run under the Node that lives in there.
	const PATH = (process.env.PATH ?? "")
		.split(delimiter)
		.filter((folder) => !folder.startsWith(modules))
		.join(delimiter);
	// Standard output belongs to the script that follows: `kassahub pair` prints JSON there.
	return spawnSync("npm", words, { cwd: root, env: { ...process.env, PATH }, stdio: ["ignore", 2, 2] }).status === 0;
};

const installModules = () => {
	say("installing packages and Node 24 (npm ci): about a minute the first time ...");
	if (!npm("ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error")) {
		giveUp("npm ci failed. Check the network and the messages above, then run this again.");
	}
	if (!isInstalled()) {
		giveUp(
			"npm ci ran, but no install scripts. Allow them (npm config set ignore-scripts false), then run this again.",
		);
	}
	say("packages installed");
};

const buildPages = (hash) => {
	say("building the pages for register, console and office ...");
	markUnbuilt();
	if (!npm("run", "--workspace=web", "--silent", "build")) {
		giveUp("the pages did not build. The messages above say where; mend that, then run this again.");
	}
	markBuilt(hash);
	say("pages built");
};

const installTools = (purpose) => {
	const missing = missingPackages(purpose);
	if (missing.length === 0) return;
	const command = installCommand(missing);
	if (!canInstall()) giveUp(`npm run ${purpose} needs more programs. On Debian, as root:\n\n    ${command}\n`);
	say(`npm run ${purpose} needs more programs: about a minute. Running: ${command}`);
	if (!installPackages(missing)) giveUp("apt-get failed: its messages are above.");
	say("programs installed");
};

if (Number(process.versions.node.split(".")[0]) < 20) {
	giveUp(`Node ${process.versions.node} is too old to start from. Install Node 20 or newer, then run this again.`);
}
const purpose = process.argv[2] === "--with" ? process.argv[3] : undefined;
// First: a module is compiled with some of them.
if (purpose) installTools(purpose);
if (!isInstalled()) installModules();
else if (purpose && !isNfcBuilt()) npm("run", "--silent", "postinstall");
const pages = hashPages();
if (!isBuilt(pages)) buildPages(pages);

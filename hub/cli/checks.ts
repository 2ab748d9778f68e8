import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { readConfig } from "@kassahub/contracts/config-file.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import { errors } from "@kassahub/contracts/errors.ts";
import type { Health } from "@kassahub/contracts/health.ts";
import { systemClock } from "../clock.ts";
import { readSettings, type Settings } from "../config.ts";
import { verifyJournal } from "../journal/verify.ts";
import { dataDir, projectRoot } from "./data.ts";
import type { RunningHub } from "./running-hub.ts";

export type Finding = {
	check: string;
	/** attention: the shop sells, but a person should look. */
	status: "good" | "attention" | "bad";
	detail: string;
	/** What to do; empty where all is well. */
	remedy: string;
};

const NODE_MAJOR_MIN = 24;
const FREE_BYTES_MIN = 200 * 1024 ** 2;
/** Years of sales, and room for updates and logs. */
const FREE_BYTES_WISE = 2 * 1024 ** 3;

const good = (check: string, detail: string): Finding => ({ check, status: "good", detail, remedy: "" });
const attention = (check: string, detail: string, remedy: string): Finding => ({
	check,
	status: "attention",
	detail,
	remedy,
});
const bad = (check: string, detail: string, remedy: string): Finding => ({ check, status: "bad", detail, remedy });

export function checkNode(version: string = process.versions.node): Finding {
	if (Number(version.split(".")[0]) >= NODE_MAJOR_MIN) return good("node", `Node ${version}`);
	return bad("node", `Node ${version} is too old`, "Run it as `npm run -s kassahub --`, which brings its own Node.");
}

export function checkDataFolder(folder: string = dataDir()): Finding {
	const probe = join(folder, `.doctor-${process.pid}`);
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		writeFileSync(probe, "");
		rmSync(probe);
	} catch (error) {
		const remedy = "Give this user the right to write there, or set KASSAHUB_DATA to another folder.";
		return bad("data", `${folder} cannot be written: ${(error as Error).message}`, remedy);
	}
	const { bavail, bsize } = statfsSync(folder);
	return checkSpace(folder, bavail * bsize);
}

export function checkSpace(folder: string, freeBytes: number): Finding {
	const detail = `${folder}, ${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`;
	if (freeBytes < FREE_BYTES_MIN) return bad("data", detail, "Free space on this disk, or sales can soon not be kept.");
	if (freeBytes < FREE_BYTES_WISE) return attention("data", detail, "Free some space on this disk.");
	return good("data", detail);
}

/** The settings, where they can be read, and what is wrong in single devices. */
export function checkConfig(): { findings: Finding[]; settings?: Settings } {
	try {
		const settings = readSettings();
		const { config, refused, nameless } = readConfig(readFileSync(settings.configFile, "utf8"), settings.configFile);
		const count = Object.keys(config.devices ?? {}).length;
		const detail = `${settings.configFile}: ${config.shop.name}, ${count} devices`;
		const wrong = [...nameless, ...refused.flatMap(({ faults }) => faults)].map(({ line, field, message, remedy }) =>
			bad(field.replace(/^devices\.([^.]*).*$/, "device $1"), `line ${line}, ${field} ${message}`, withoutStop(remedy)),
		);
		return { findings: [good("config", detail), ...wrong], settings };
	} catch (error) {
		const remedy = "Correct it; a running hub reads it again by itself, and goes on as it was until then";
		return { findings: [bad("config", (error as Error).message, remedy)] };
	}
}

/** What only a running hub knows of devices.yaml: mistakes that the bridge found in it, and whether a restart is due. */
export async function checkConfigInUse(hub: RunningHub | undefined): Promise<Finding[]> {
	if (!hub) return [];
	const states = await hub.ask<DeviceState[]>("GET", "/devices");
	const { alerts } = await hub.ask<Health>("GET", "/health");
	const wrong = states.flatMap(({ device, fault }) =>
		fault?.code === "DEVICE_CONFIG_INVALID"
			? [bad(`device ${device}`, fault.detail ?? errors[fault.code].cause, withoutStop(errors[fault.code].remedyEn))]
			: [],
	);
	const restart = alerts
		.filter(({ code }) => code === "CONFIG_NEEDS_RESTART")
		.map(({ message, remedy, detail }) => attention("config", `${message.en} (${detail})`, withoutStop(remedy.en)));
	return [...wrong, ...restart];
}

const withoutStop = (words: string): string => words.replace(/\.$/, "");

/** A port is well where it is free, or where our own hub holds it. */
export async function checkPort(name: string, port: number, hub: RunningHub | undefined): Promise<Finding> {
	const check = `port ${name}`;
	if (hub) return good(check, `${port}, held by the hub that runs`);
	const variable = `KASSAHUB_${name.toUpperCase()}_PORT`;
	const fault = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
		const server = createServer();
		server.once("error", resolve);
		server.listen(port, "0.0.0.0", () => server.close(() => resolve(undefined)));
	});
	if (!fault) return good(check, `${port} is free`);
	if (fault.code === "EACCES")
		return bad(check, `${port} may not be taken by this user`, `Set ${variable} above 1023.`);
	return bad(check, `${port} is taken by another program`, `Stop that program, or set ${variable} to a free port.`);
}

export function checkJournal(folder: string = dataDir()): Finding {
	const file = join(folder, "journal.db");
	if (!existsSync(file)) return good("journal", "none yet: it is made at the first start");
	try {
		const { entries, faults } = verifyJournal(file);
		if (faults.length === 0) return good("journal", `whole, ${entries} entries`);
		const remedy = "Keep a copy of the data folder, run `kassahub journal verify`, and call for help.";
		return bad("journal", `${faults.length} rows are not as the hub wrote them`, remedy);
	} catch (error) {
		return bad("journal", `cannot be read: ${(error as Error).message}`, "Restore the data folder from a backup.");
	}
}

export function checkClock(quality = systemClock.now().quality): Finding {
	if (quality === "synchronised") return good("clock", "synchronised");
	const remedy = "Connect to the internet, and switch on time synchronisation: timedatectl set-ntp true";
	return attention("clock", "not known to be right; entries say so", remedy);
}

export function checkPages(folder: string = join(projectRoot, "web/dist")): Finding {
	if (["register", "console"].every((page) => existsSync(join(folder, page, "index.html"))))
		return good("pages", "built");
	return attention(
		"pages",
		"the register and console pages are not built",
		"Start the hub by `npm start`: it builds them.",
	);
}

/** Serial ports that devices.yaml names, where this user may not use them or nothing is plugged in. */
export function checkSerialPorts(settings: Settings): Finding[] {
	return Object.entries(settings.config.devices ?? {}).flatMap(([device, { link }]) => {
		if (!link.startsWith("serial://")) return [];
		const path = new URL(link).pathname;
		const check = `device ${device}`;
		if (!existsSync(path)) return [attention(check, `${path} is not there`, "Plug it in, or correct its link.")];
		try {
			accessSync(path, constants.R_OK | constants.W_OK);
			return [good(check, path)];
		} catch {
			const remedy = "Add this user to the group dialout, and log in again: sudo usermod -aG dialout $USER";
			return [bad(check, `this user may not use ${path}`, remedy)];
		}
	});
}

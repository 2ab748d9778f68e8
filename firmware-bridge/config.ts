import { resolve } from "node:path";
import type { DeviceConfig } from "@kassahub/contracts/config.ts";
import { type ConfigFault, type ConfigFile, faultWords } from "@kassahub/contracts/config-file.ts";
import type { Fault } from "@kassahub/contracts/device-state.ts";
import { nearest } from "@kassahub/contracts/nearest.ts";
import { mistakesIn } from "@kassahub/contracts/schema-words.ts";
import { Value } from "typebox/value";
import type { Driver } from "./drivers/driver.ts";
import { DeviceError, fault } from "./fault.ts";
import { type LinkAddress, parseLink } from "./links/address.ts";
import { portsOf } from "./links/port.ts";
import { examples, type Scheme } from "./links/schemes.ts";

/** One device of devices.yaml: ready to be driven, or with the mistakes in its entry. */
export type DevicePlan = { name: string; link: string; driverName: string } & (
	| { driver: Driver; address: LinkAddress; settings: Record<string, unknown> }
	| { driver?: Driver; fault: Fault }
);

type Surroundings = { drivers: readonly Driver[]; folder: string };
type Words = Pick<ConfigFault, "message" | "remedy">;
/** Notes a mistake in a field of a device's entry. */
type Note = (path: readonly string[], words: Words) => void;

/**
 * What is to become of each device of devices.yaml. A mistake stays with its device. `folder`: where devices.yaml
 * stands, and the files that its settings name.
 */
export function planDevices(file: ConfigFile, surroundings: Surroundings): DevicePlan[] {
	const takenBy = new Map<string, string>();
	const plans = Object.entries(file.config.devices ?? {}).map(([name, entry]): DevicePlan => {
		const faults: ConfigFault[] = [];
		const note: Note = (path, words) => {
			const whole = ["devices", name, ...path];
			faults.push({ line: file.lineOf(whole), field: whole.join("."), ...words });
		};
		const plan = planDevice(entry, surroundings, note);
		const base = { name, link: withoutPassword(entry.link), driverName: entry.driver, ...plan };
		if ("address" in base && faults.length === 0) {
			for (const port of portsOf(base.address)) {
				const holder = takenBy.get(port);
				if (holder) note(["link"], shared(holder, file.lineOf(["devices", holder, "link"])));
				else takenBy.set(port, name);
			}
			if (faults.length === 0) return base;
		}
		const { driver } = base;
		return { name, link: base.link, driverName: entry.driver, ...(driver ? { driver } : {}), fault: faultOf(faults) };
	});
	const refused = file.refused.map(({ name, driver: driverName, link, faults }): DevicePlan => {
		const driver = surroundings.drivers.find((candidate) => candidate.name === driverName);
		return { name, link: withoutPassword(link), driverName, ...(driver ? { driver } : {}), fault: faultOf(faults) };
	});
	return [...plans, ...refused];
}

type Plan = { driver?: Driver } | { driver: Driver; address: LinkAddress; settings: Record<string, unknown> };

function planDevice(entry: DeviceConfig, { drivers, folder }: Surroundings, note: Note): Plan {
	const driver = drivers.find((candidate) => candidate.name === entry.driver);
	if (!driver) {
		note(["driver"], unknownDriver(entry.driver, drivers));
		return {};
	}
	const settings = Value.Default(driver.settings, { ...entry.settings }) as Record<string, unknown>;
	for (const { path, message, remedy } of mistakesIn(driver.settings, settings)) {
		note(["settings", ...path], { message, remedy });
	}
	for (const [name, value] of Object.entries(settings)) {
		if (name.endsWith("File") && typeof value === "string") settings[name] = resolve(folder, value);
	}
	const scheme = /^([a-z]+):\/\//.exec(entry.link)?.[1];
	if (!driver.schemes.some((candidate) => candidate === scheme)) {
		note(["link"], { message: `is ${scheme}://, by which no ${driver.name} is reached`, remedy: waysTo(driver) });
	} else if (withoutPassword(entry.link) !== entry.link) {
		const remedy = "Put it in a file beside devices.yaml, and name that file in the settings.";
		note(["link"], { message: "has a password in it, which every register could read", remedy });
	} else {
		try {
			return { driver, settings, address: parseLink(entry.link, driver, settings) };
		} catch (error) {
			const message = error instanceof DeviceError ? (error.detail ?? error.code) : (error as Error).message;
			note(["link"], { message, remedy: waysTo(driver) });
		}
	}
	return { driver };
}

function unknownDriver(name: string, drivers: readonly Driver[]): Words {
	const known = drivers.map((driver) => driver.name);
	const meant = nearest(name, known);
	const remedy = meant ? `Did you mean ${meant}?` : `There are: ${known.join(", ")}.`;
	return { message: `there is no driver ${name.slice(0, 40)}`, remedy };
}

const shared = (holder: string, line: number): Words => ({
	message: `is the port of ${holder} (line ${line})`,
	remedy: "Two devices cannot share a port: correct the link of one, or remove it.",
});

const waysTo = (driver: Driver): string =>
	`Write ${driver.schemes.map((scheme) => exampleOf(scheme, driver)).join(", or ")}.`;

/** What is left out of a link is the driver's own. */
function exampleOf(scheme: Scheme, { tcpPort }: Driver): string {
	if (scheme === "tcp" && tcpPort !== undefined) return examples.tcp.replace(/\d+$/, String(tcpPort));
	return scheme === "serial" ? examples.serial.replace(/\?.*/, "") : examples[scheme];
}

const faultOf = (faults: readonly ConfigFault[]): Fault =>
	fault("DEVICE_CONFIG_INVALID", faults.map(faultWords).join("; "));

const withoutPassword = (link: string): string => link.replace(/^([a-z]+:\/\/[^/@]*?):[^/@]*@/, "$1:…@");

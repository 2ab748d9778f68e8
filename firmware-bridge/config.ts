import { readFileSync } from "node:fs";
import { Config, type DeviceConfig } from "@kassahub/contracts/config.ts";
import type { Fault } from "@kassahub/contracts/device-state.ts";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";
import { parse } from "yaml";
import type { Driver } from "./drivers/driver.ts";
import { DeviceError, fault } from "./fault.ts";
import { type LinkAddress, parseLink } from "./links/address.ts";

/** One device of devices.yaml: ready to be driven, or with the mistake in its entry. */
export type DevicePlan = { name: string; link: string; driverName: string } & (
	| { driver: Driver; address: LinkAddress; settings: Record<string, unknown> }
	| { driver?: Driver; fault: Fault }
);

/** Reads devices.yaml. Throws where the file as a whole cannot be used; a mistake in one device stays with that device. */
export function readDevices(file: string, drivers: readonly Driver[]): DevicePlan[] {
	const config: unknown = parse(readFileSync(file, "utf8"));
	if (!Value.Check(Config, config)) {
		const [first] = Value.Errors(Config, config);
		throw new Error(`${file} ${first?.instancePath ?? ""}: ${first?.message ?? "is no configuration"}`);
	}
	return Object.entries(config.devices ?? {}).map(([name, device]) => planDevice(name, device, drivers));
}

function planDevice(name: string, device: DeviceConfig, drivers: readonly Driver[]): DevicePlan {
	const base = { name, link: device.link, driverName: device.driver };
	const driver = drivers.find((candidate) => candidate.name === device.driver);
	if (!driver) {
		const known = drivers.map((candidate) => candidate.name).join(", ");
		return { ...base, fault: fault("DEVICE_CONFIG_INVALID", `no driver ${device.driver}; there are ${known}`) };
	}
	const settings = Value.Default(driver.settings, { ...device.settings }) as Record<string, unknown>;
	const validator = Compile(driver.settings);
	if (!validator.Check(settings)) {
		const faults = validator.Errors(settings).map((error) => {
			const { additionalProperties } = error.params as { additionalProperties?: string[] };
			return `settings${error.instancePath.replaceAll("/", ".")} ${error.message} ${additionalProperties?.join(", ") ?? ""}`.trim();
		});
		return { ...base, driver, fault: fault("DEVICE_CONFIG_INVALID", faults.join("; ")) };
	}
	try {
		return { ...base, driver, settings, address: parseLink(device.link, driver, settings) };
	} catch (error) {
		if (!(error instanceof DeviceError)) throw error;
		return { ...base, driver, fault: fault(error.code, error.detail) };
	}
}

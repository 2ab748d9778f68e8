import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Config, DeviceConfig } from "@kassahub/contracts/config.ts";
import { readConfig } from "@kassahub/contracts/config-file.ts";

export type Settings = {
	/** As it was read at the start, without the devices whose entries are wrong. */
	config: Config;
	configFile: string;
	dataDir: string;
	root: string;
	httpPort: number;
	mqttPort: number;
	mqttHost: string;
	httpsPort: number;
	mqttsPort: number;
	/** The ports of TLS that nobody chose: where one is taken, any free one will do. */
	anyPort: { https: boolean; mqtts: boolean };
	/** Whether the box announces itself on its network. */
	isAnnounced: boolean;
	officePort: number;
	/** The embedded back office's broker; 0 lets the hub choose a free port. */
	cloudMqttPort: number;
	/** Shown on standard output from this level on. */
	logLevel: string;
	/** Kept to be looked up from this level on, and whether in files too. */
	keptLogLevel: string;
	keepsLogFiles: boolean;
};

/** Settings from devices.yaml and the environment. Throws ConfigInvalid, or an Error naming the variable. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
	const root = dirname(import.meta.dirname);
	const configFile = resolve(environment.KASSAHUB_CONFIG ?? join(root, "devices.yaml"));
	if (!existsSync(configFile)) {
		throw new Error(`${configFile} does not exist. Copy devices.yaml there, or set KASSAHUB_CONFIG to where it is.`);
	}
	const { config } = readConfig(readFileSync(configFile, "utf8"), configFile);
	return {
		config,
		configFile,
		root,
		dataDir: resolve(environment.KASSAHUB_DATA ?? join(root, "data")),
		httpPort: portFrom(environment, "KASSAHUB_HTTP_PORT", 8080),
		mqttPort: portFrom(environment, "KASSAHUB_MQTT_PORT", 1883),
		httpsPort: portFrom(environment, "KASSAHUB_HTTPS_PORT", 8443),
		mqttsPort: portFrom(environment, "KASSAHUB_MQTTS_PORT", 8883),
		anyPort: { https: !environment.KASSAHUB_HTTPS_PORT, mqtts: !environment.KASSAHUB_MQTTS_PORT },
		isAnnounced: environment.KASSAHUB_MDNS !== "off",
		mqttHost: config.mqtt?.lan === "plain" ? "0.0.0.0" : "127.0.0.1",
		officePort: portFrom(environment, "KASSAHUB_OFFICE_PORT", 8090),
		cloudMqttPort: portFrom(environment, "KASSAHUB_CLOUD_MQTT_PORT", 0),
		// A person at a terminal is shown words, not a log, unless something is wrong.
		logLevel: environment.KASSAHUB_LOG ?? (process.stdout.isTTY ? "warn" : "info"),
		keptLogLevel: environment.KASSAHUB_LOG ?? "info",
		keepsLogFiles: environment.KASSAHUB_LOG_FILES !== "off",
	};
}

function portFrom(environment: NodeJS.ProcessEnv, name: string, otherwise: number): number {
	const text = environment[name];
	if (text === undefined || text === "") return otherwise;
	const port = Number(text);
	if (!Number.isInteger(port) || port < 0 || port > 65_535) {
		throw new Error(`${name} is "${text}", which is no port. Set it to a number from 0 to 65535.`);
	}
	return port;
}

/** Whether a device serves a register: one without a list serves all. */
export const serves = (device: DeviceConfig, register: string): boolean =>
	device.registers === undefined || device.registers.includes(register);

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Config, type DeviceConfig } from "@kassahub/contracts/config.ts";
import { Compile } from "typebox/compile";
import { LineCounter, parseDocument } from "yaml";

/** One mistake in devices.yaml: where it stands, what is wrong, and what to write instead. */
export type ConfigFault = { line: number; field: string; message: string; remedy: string };

export class ConfigInvalid extends Error {
	readonly faults: ConfigFault[];
	constructor(file: string, faults: ConfigFault[]) {
		super(
			faults
				.map((fault) => `${file}:${fault.line} ${fault.field || "(whole file)"}: ${fault.message}. ${fault.remedy}`)
				.join("\n"),
		);
		this.name = "ConfigInvalid";
		this.faults = faults;
	}
}

const validator = Compile(Config);

/** Reads devices.yaml from its text. Throws ConfigInvalid that names every mistake with its line. */
export function parseConfig(text: string, file = "devices.yaml"): Config {
	const lines = new LineCounter();
	const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
	if (document.errors.length > 0) {
		throw new ConfigInvalid(
			file,
			document.errors.map((error) => ({
				line: lines.linePos(error.pos[0]).line,
				field: "",
				message: error.message,
				remedy: "Mind the indentation: two spaces a level, a space after each colon.",
			})),
		);
	}
	const value: unknown = document.toJS();
	if (validator.Check(value)) return value;
	const lineOf = (pointer: string): number => {
		const path = pointer.split("/").slice(1);
		// The field itself may be absent: then its nearest parent says where it belongs.
		for (let length = path.length; length > 0; length--) {
			const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
			if (node?.range) return lines.linePos(node.range[0]).line;
		}
		return 1;
	};
	const seen = new Set<string>();
	const faults: ConfigFault[] = [];
	for (const error of validator.Errors(value)) {
		const names = namesIn(error.keyword, error.params as Record<string, unknown>);
		for (const name of names.length > 0 ? names : [""]) {
			const pointer = name ? `${error.instancePath}/${name}` : error.instancePath;
			if (error.keyword === "boolean" || seen.has(pointer)) continue;
			seen.add(pointer);
			faults.push({ line: lineOf(pointer), field: fieldName(pointer), ...wordsFor(error) });
		}
	}
	throw new ConfigInvalid(file, faults);
}

const fieldName = (pointer: string): string => pointer.split("/").slice(1).join(".");

const namesIn = (keyword: string, params: Record<string, unknown>): string[] => {
	const names = keyword === "required" ? params.requiredProperties : params.additionalProperties;
	return Array.isArray(names) ? names.map(String) : [];
};

function wordsFor(error: { keyword: string; message: string; params: object }): { message: string; remedy: string } {
	const params = error.params as Record<string, unknown>;
	if (error.keyword === "required") return { message: "is missing", remedy: "Add it." };
	if (error.keyword === "additionalProperties") {
		return { message: "is not a setting", remedy: "Remove it, or mind its spelling and indentation." };
	}
	if (error.keyword === "enum") {
		return {
			message: "has a value that is not known",
			remedy: `Write one of: ${(params.allowedValues as string[]).join(", ")}.`,
		};
	}
	if (error.keyword === "pattern") return { message: error.message, remedy: "See the examples in devices.yaml." };
	return { message: error.message, remedy: "See docs/devices.md." };
}

export type Settings = {
	config: Config;
	configFile: string;
	dataDir: string;
	root: string;
	httpPort: number;
	mqttPort: number;
	mqttHost: string;
	officePort: number;
	/** The embedded back office's broker; 0 lets the hub choose a free port. */
	cloudMqttPort: number;
	logLevel: string;
};

/** Settings from devices.yaml and the environment. Throws ConfigInvalid, or an Error naming the variable. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
	const root = dirname(import.meta.dirname);
	const configFile = resolve(environment.KASSAHUB_CONFIG ?? join(root, "devices.yaml"));
	if (!existsSync(configFile)) {
		throw new Error(`${configFile} does not exist. Copy devices.yaml there, or set KASSAHUB_CONFIG to where it is.`);
	}
	const config = parseConfig(readFileSync(configFile, "utf8"), configFile);
	return {
		config,
		configFile,
		root,
		dataDir: resolve(environment.KASSAHUB_DATA ?? join(root, "data")),
		httpPort: portFrom(environment, "KASSAHUB_HTTP_PORT", 8080),
		mqttPort: portFrom(environment, "KASSAHUB_MQTT_PORT", 1883),
		mqttHost: config.mqtt?.lan === "plain" ? "0.0.0.0" : "127.0.0.1",
		officePort: portFrom(environment, "KASSAHUB_OFFICE_PORT", 8090),
		cloudMqttPort: portFrom(environment, "KASSAHUB_CLOUD_MQTT_PORT", 0),
		// A person at a terminal is shown words, not a log, unless something is wrong.
		logLevel: environment.KASSAHUB_LOG ?? (process.stdout.isTTY ? "warn" : "info"),
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

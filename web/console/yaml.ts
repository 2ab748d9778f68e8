import type { DeviceConfig } from "@kassahub/contracts/config.ts";

/** What YAML reads as it stands; anything else is written as JSON, which YAML reads too. */
const PLAIN = /^[A-Za-z/][\w./@?=&-]*(:[\w./@?=&-]+)*$/;

/** Words that are no text to one YAML or another. */
const TAKEN = /^(null|true|false|yes|no|on|off|y|n)$/i;

const scalar = (value: unknown): string =>
	typeof value === "string" && PLAIN.test(value) && !TAKEN.test(value) ? value : JSON.stringify(value);

/** A device's entry for devices.yaml, indented to stand under `devices:`. */
export function yamlOf(name: string, entry: DeviceConfig): string {
	const lines = Object.entries(entry).map(([key, value]) => `    ${key}: ${scalar(value)}\n`);
	return `  ${name}:\n${lines.join("")}`;
}

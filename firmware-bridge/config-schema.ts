import { Config, DeviceConfig } from "@kassahub/contracts/config.ts";
import { BRIDGE_NAME } from "@kassahub/contracts/config-file.ts";
import { ClientName } from "@kassahub/contracts/fields.ts";
import type { Driver } from "./drivers/driver.ts";

type Json = { [key: string]: unknown };

/** devices.yaml as a JSON Schema (draft 7), for editors: what is written wrong is underlined while it is written. */
export function configSchema(drivers: readonly Driver[]): Json {
	const { devices: _, ...properties } = plain(Config).properties as Json;
	return {
		$schema: "http://json-schema.org/draft-07/schema#",
		title: "devices.yaml of a Kassahub",
		description: "The shop, how it is connected, and its devices",
		type: "object",
		required: ["shop"],
		properties: {
			...properties,
			devices: {
				type: ["object", "null"],
				description: "One entry a device, under a name that you choose",
				propertyNames: { pattern: (ClientName as { pattern?: string }).pattern, not: { const: BRIDGE_NAME } },
				additionalProperties: { $ref: "#/definitions/device" },
			},
		},
		additionalProperties: false,
		definitions: { device: deviceSchema(drivers) },
	};
}

function deviceSchema(drivers: readonly Driver[]): Json {
	const device = plain(DeviceConfig);
	return {
		...device,
		description: "A device: its driver, where it is, and how it is used",
		properties: {
			...(device.properties as Json),
			driver: {
				description: "What drives it",
				anyOf: drivers.map(({ name, class: deviceClass, title }) => ({
					const: name,
					title: `${name} (${deviceClass})`,
					description: title,
				})),
			},
		},
		allOf: drivers.map((driver) => {
			const settings = withoutDefaultsRequired(plain(driver.settings)) as Json;
			return {
				if: { required: ["driver"], properties: { driver: { const: driver.name } } },
				// biome would read `then` as a promise's; here it is JSON Schema's word.
				["then" as string]: {
					...((settings.required as string[]).length > 0 ? { required: ["settings"] } : {}),
					properties: {
						link: {
							pattern: `^(${driver.schemes.join("|")})://`,
							description: `Where it is: ${driver.schemes.map((scheme) => `${scheme}://…`).join(" or ")}`,
						},
						settings,
					},
				},
			};
		}),
	};
}

/** Without what TypeBox knows more of it than JSON Schema says. */
const plain = (schema: unknown): Json => JSON.parse(JSON.stringify(schema)) as Json;

/** The driver fills in what has a default: who writes the file may leave it out. */
function withoutDefaultsRequired(node: unknown): unknown {
	if (Array.isArray(node)) return node.map(withoutDefaultsRequired);
	if (typeof node !== "object" || node === null) return node;
	const fields = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withoutDefaultsRequired(value)]));
	const properties = fields.properties as Record<string, Json> | undefined;
	if (fields.type !== "object" || !properties) return fields;
	const required = ((fields.required ?? []) as string[]).filter((name) => properties[name]?.default === undefined);
	return { ...fields, required };
}

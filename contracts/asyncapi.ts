import type { MessageDefinition, Party } from "./message.ts";
import { messages } from "./messages.ts";

type Json = { [key: string]: unknown };

/** What a name in a topic's braces stands for. */
const parameters: Record<string, string> = {
	register: "The register's name, as paired: its own, where a register asks",
	device: "The device's name, as in devices.yaml",
	sku: "Article number of a product",
};

const identifierOf = (party: Party, action: "send" | "receive", message: MessageDefinition): string =>
	`${party}-${action === "send" ? "sends" : "hears"}-${message.name}`;

/** The AsyncAPI 3.0 document of everything on the hub's broker, derived from the list of messages. */
export function asyncapi(): Json {
	return {
		asyncapi: "3.0.0",
		info: {
			title: "Kassahub broker",
			version: "1",
			description:
				"Messages on the MQTT broker of a Kassahub. MQTT 3.1.1; sign in with the client id, user name and password that `kassahub pair` printed. Operations are listed per party, named `<party>-sends-<message>` and `<party>-hears-<message>`; what is not listed for a party is refused. The PUBACK of a journaled message leaves only after its journal row is on disk.",
			license: { name: "MIT" },
		},
		defaultContentType: "application/json",
		servers: {
			tcp: {
				host: "{hub}:1883",
				protocol: "mqtt",
				protocolVersion: "3.1.1",
				description: "On the hub itself; on the LAN too where devices.yaml says `mqtt.lan: plain`",
				variables: { hub: { default: "localhost" } },
				security: [{ $ref: "#/components/securitySchemes/paired" }],
			},
			websocket: {
				host: "{hub}:8080",
				pathname: "/mqtt",
				protocol: "ws",
				description: "MQTT over WebSocket, subprotocol `mqtt`",
				variables: { hub: { default: "localhost" } },
				security: [{ $ref: "#/components/securitySchemes/paired" }],
			},
		},
		channels: Object.fromEntries(messages.map((message) => [message.name, channelOf(message)])),
		operations: Object.fromEntries(messages.flatMap(operationsOf)),
		components: {
			messages: Object.fromEntries(messages.map((message) => [message.name, messageOf(message)])),
			schemas: Object.fromEntries(messages.map((message) => [message.name, message.schema])),
			securitySchemes: {
				paired: { type: "userPassword", description: "From `kassahub pair`; the client id equals the user name" },
			},
		},
	};
}

function channelOf(message: MessageDefinition): Json {
	const names = [...message.topic.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
	return {
		address: message.topic,
		summary: message.summary,
		messages: { [message.name]: { $ref: `#/components/messages/${message.name}` } },
		...(names.length > 0
			? { parameters: Object.fromEntries(names.map((name) => [name, { description: parameters[name] ?? name }])) }
			: {}),
	};
}

function operationsOf(message: MessageDefinition): [string, Json][] {
	const operation = (party: Party, action: "send" | "receive"): [string, Json] => [
		identifierOf(party, action, message),
		{
			action,
			title: `${party} ${action === "send" ? "sends" : "hears"} ${message.name}`,
			channel: { $ref: `#/channels/${message.name}` },
			messages: [{ $ref: `#/channels/${message.name}/messages/${message.name}` }],
			tags: [{ name: party }],
			bindings: {
				mqtt: {
					qos: message.qos,
					...(action === "send" ? { retain: message.retain } : {}),
					bindingVersion: "0.2.0",
				},
			},
			...(message.own.some((kind) => kind === party) ? { description: "Only under its own name" } : {}),
		},
	];
	return [
		...message.from.map((party) => operation(party, "send")),
		...message.to.map((party) => operation(party, "receive")),
	];
}

function messageOf(message: MessageDefinition): Json {
	return {
		name: message.name,
		summary: message.summary,
		contentType: "application/json",
		payload: { $ref: `#/components/schemas/${message.name}` },
		examples: [{ name: message.name, payload: message.example }],
		...(message.journaledAs ? { "x-journaled-as": message.journaledAs } : {}),
	};
}

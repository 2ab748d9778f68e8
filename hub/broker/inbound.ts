import type { MessageDefinition } from "@kassahub/contracts/message.ts";
import { messages } from "@kassahub/contracts/messages.ts";
import { Compile } from "typebox/compile";
import type { Route } from "./access.ts";

/** What the hub itself listens to; journaled messages are checked by intake instead, on their way into the books. */
const validators = new Map(
	messages
		.filter((message) => message.to.includes("hub") && message.journaledAs === undefined)
		.map((message) => [message.name, Compile(message.schema)]),
);

export const isForHub = (message: MessageDefinition): boolean => validators.has(message.name);

export class MessageInvalid extends Error {
	readonly field: string;
	constructor(field: string, message: string) {
		super(message);
		this.name = "MessageInvalid";
		this.field = field;
	}
}

/** The value of a message for the hub. Throws MessageInvalid: no JSON, not its schema, or another device than its topic's. */
export function readMessage({ message, levels }: Route, payload: Uint8Array): unknown {
	const value = parseJson(payload);
	const validator = validators.get(message.name);
	if (validator && !validator.Check(value)) {
		const [error] = validator.Errors(value);
		throw new MessageInvalid(error?.instancePath ?? "", error?.message ?? "does not match its schema");
	}
	const fields = value as Record<string, unknown>;
	for (const [level, name] of Object.entries(levels)) {
		if (level in fields && fields[level] !== name)
			throw new MessageInvalid(`/${level}`, `is not ${name}, as the topic says`);
	}
	return value;
}

function parseJson(payload: Uint8Array): unknown {
	try {
		return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
	} catch {
		throw new MessageInvalid("", "is not JSON in UTF-8");
	}
}

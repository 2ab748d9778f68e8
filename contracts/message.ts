import type { Static, TSchema } from "typebox";
import type { EntryKind } from "./journal-entry.ts";

/** Who may hold a connection to the hub's broker. `hub` is the hub itself and is never paired. */
export type ClientKind = "register" | "sensor" | "technician" | "bridge" | "relay";
export type Party = ClientKind | "hub";

/**
 * One kind of message on the hub's broker: schema, topic, delivery and who may send and hear it.
 * A `{register}` or `{device}` level in the topic binds to the client's own name where `own` says so;
 * other levels in braces match any one level.
 */
export type MessageDefinition<T extends TSchema = TSchema> = {
	name: string;
	summary: string;
	topic: string;
	qos: 0 | 1;
	retain: boolean;
	/** Journaled before its PUBACK, as this kind of entry (invariant 1). */
	journaledAs?: EntryKind;
	from: Party[];
	to: Party[];
	/** The kinds whose own name must stand in the topic's braces. */
	own: ClientKind[];
	/** Of these values of a field only the hub itself may send messages, whoever else may send the rest. */
	reserved?: { field: string; values: readonly string[] };
	schema: T;
	example: Static<T>;
};

export const defineMessage = <T extends TSchema>(definition: MessageDefinition<T>): MessageDefinition<T> => definition;

/** Fills the braces of a topic: `topicOf(sale, { register: "kassa-1" })`. */
export function topicOf(message: Pick<MessageDefinition, "topic">, levels: Record<string, string> = {}): string {
	return message.topic.replace(/\{(\w+)\}/g, (_, name: string) => {
		const level = levels[name];
		if (level === undefined) throw new Error(`topic ${message.topic} needs a value for {${name}}`);
		return level;
	});
}

/** The levels in braces of a topic, or undefined where the topic is not this message's. */
export function levelsOf(message: Pick<MessageDefinition, "topic">, topic: string): Record<string, string> | undefined {
	const wanted = message.topic.split("/");
	const given = topic.split("/");
	if (wanted.length !== given.length) return undefined;
	const levels: Record<string, string> = {};
	for (const [index, level] of wanted.entries()) {
		const value = given[index] as string;
		if (level.startsWith("{")) levels[level.slice(1, -1)] = value;
		else if (level !== value) return undefined;
	}
	return levels;
}

/** A subscription filter that hears the message from everyone: braces become `+`. */
export const filterOf = (message: Pick<MessageDefinition, "topic">): string => message.topic.replace(/\{\w+\}/g, "+");

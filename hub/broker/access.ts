import { ClientName, Sku } from "@kassahub/contracts/fields.ts";
import { levelsOf, type MessageDefinition } from "@kassahub/contracts/message.ts";
import { messages } from "@kassahub/contracts/messages.ts";
import { Compile } from "typebox/compile";
import type { Account } from "../pairing/accounts.ts";
import { isForeign, mayUseForeign } from "./foreign.ts";

const nameValidator = Compile(ClientName);
const skuValidator = Compile(Sku);
/** The longest topic of the contract is a third of this; what is longer is not even looked at. */
export const TOPIC_LENGTH_MAX = 256;
const TOPICS_REMEMBERED_MAX = 20_000;
/** What every topic of the contract begins with. */
const CONTRACT_ROOT = "kassahub/";

/** Where a published topic leads: its message and the levels in its braces. */
export type Route = { message: MessageDefinition; levels: Record<string, string> };

const known = new Map<string, Route | undefined>();

/** The message that travels on a topic; undefined where none does: nobody may use it, unless it is a sensor's own. */
export function routeOf(topic: string): Route | undefined {
	// What sensors speak of among themselves is not remembered here: it would push out the topics that sales come on.
	if (!topic.startsWith(CONTRACT_ROOT) || topic.length > TOPIC_LENGTH_MAX) return undefined;
	if (known.has(topic)) return known.get(topic);
	const route = findRoute(topic);
	// Topics come from the wire: what is remembered of them is bounded.
	if (known.size >= TOPICS_REMEMBERED_MAX) known.clear();
	known.set(topic, route);
	return route;
}

function findRoute(topic: string): Route | undefined {
	for (const message of messages) {
		const levels = levelsOf(message, topic);
		if (levels) return { message, levels };
	}
	return undefined;
}

const isName = (level: string, value: string): boolean =>
	level === "sku" ? skuValidator.Check(value) : nameValidator.Check(value);

/**
 * Whether an account may publish on a route.
 * wrong-sender: the message is money of an account that names another: it is quarantined, not lost (invariant 3).
 */
export function publishRight(account: Account, { message, levels }: Route): "allowed" | "wrong-sender" | "refused" {
	if (!message.from.includes(account.kind)) return "refused";
	const named = Object.entries(levels);
	const isOwn = !message.own.includes(account.kind) || named.every(([, value]) => value === account.name);
	if (isOwn && named.every(([level, value]) => isName(level, value))) return "allowed";
	return message.journaledAs ? "wrong-sender" : "refused";
}

/** Whether an account may leave a last will on a topic. */
export function mayLeaveWill(account: Account, topic: string): boolean {
	const route = routeOf(topic);
	if (!route) return mayUseForeign(account, topic) && !/[+#]/.test(topic);
	// A sale as last will could never be acknowledged.
	return route.message.journaledAs === undefined && publishRight(account, route) === "allowed";
}

/**
 * Whether an account may subscribe to a filter: every message that the filter can match must be meant for it.
 * A filter that matches no message of the contract (also `$SYS`, `$share`) is refused, so that a typo shows at once.
 */
export function maySubscribe(account: Account, filter: string): boolean {
	if (filter.length > TOPIC_LENGTH_MAX) return false;
	if (isForeign(filter)) return mayUseForeign(account, filter);
	const levels = filter.split("/");
	let isKnown = false;
	for (const message of messages) {
		const wanted = message.topic.split("/");
		if (!matches(levels, wanted)) continue;
		isKnown = true;
		if (!message.to.includes(account.kind)) return false;
		if (!message.own.includes(account.kind)) continue;
		for (const [index, level] of wanted.entries()) {
			if (level.startsWith("{") && levels[index] !== account.name) return false;
		}
	}
	return isKnown;
}

/** Whether an account may hear what is published on a topic. */
export function mayHearTopic(account: Account, topic: string): boolean {
	const route = routeOf(topic);
	return route ? mayHear(account, route) : mayUseForeign(account, topic);
}

/** Whether an account may hear what travels on a route. */
export function mayHear(account: Account, { message, levels }: Route): boolean {
	if (!message.to.includes(account.kind)) return false;
	if (!message.own.includes(account.kind)) return true;
	for (const level in levels) if (levels[level] !== account.name) return false;
	return true;
}

/** Whether a subscription filter can match a topic of this message. */
export const canMatch = (filter: string, message: MessageDefinition): boolean =>
	matches(filter.split("/"), message.topic.split("/"));

/**
 * Whether a filter can match a topic, both split at their slashes. MQTT 3.1.1 §4.7: `+` is any one level, `#` the
 * parent and everything below; a `{level}` of a message's topic stands for any one level.
 */
export function matches(filter: readonly string[], topic: readonly string[]): boolean {
	for (let index = 0; index < filter.length; index++) {
		const level = filter[index];
		if (level === "#") return true;
		const wanted = topic[index];
		if (wanted === undefined) return false;
		if (level !== "+" && level !== wanted && !wanted.startsWith("{")) return false;
	}
	return filter.length === topic.length;
}

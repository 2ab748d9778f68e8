import { markdownTable } from "./documents.ts";
import { type ErrorEntry, errors } from "./errors.ts";
import type { MessageDefinition } from "./message.ts";
import { messages } from "./messages.ts";

const generatedNote = "<!-- Written by `npm run generate`: change the code, not this file. -->";

/** docs/contract/messages.md: every topic at a glance, and an example of each message. */
export function messageReference(): string {
	const rows = messages.map((message) => [
		`[${message.name}](#${message.name})`,
		`\`${message.topic}\``,
		`${message.from.join(", ")} → ${message.to.join(", ")}`,
		String(message.qos),
		message.retain ? "yes" : "",
		message.journaledAs ? "before PUBACK" : "",
	]);
	return [
		"# Messages",
		"",
		generatedNote,
		"",
		"Everything on the hub's MQTT broker. Payloads are JSON in UTF-8. The full schemas are in",
		"[asyncapi.json](asyncapi.json); what REST takes and answers is in [openapi.json](openapi.json).",
		"",
		markdownTable(["message", "topic", "from → to", "QoS", "retained", "journaled"], rows),
		...messages.flatMap(messageSection),
		"",
	].join("\n");
}

function messageSection(message: MessageDefinition): string[] {
	const own = message.own.length > 0 ? ` A ${message.own.join(" or ")} finds only its own name in the topic.` : "";
	return [
		"",
		`## ${message.name}`,
		"",
		`${message.summary}.${own}`,
		"",
		"```json",
		JSON.stringify(message.example, null, 2),
		"```",
	];
}

/** docs/errors.md: every code, what it means, and what to do, in English and Dutch. */
export function errorReference(): string {
	const entries: [string, ErrorEntry][] = Object.entries(errors);
	return [
		"# Error codes",
		"",
		generatedNote,
		"",
		"Codes are stable; words may improve. Try again: the same request may succeed later without a change.",
		"",
		markdownTable(
			["code", "cause", "try again", "English", "Nederlands"],
			entries.map(([code, entry]) => [
				`<a id="${code}"></a>\`${code}\``,
				entry.cause,
				entry.retryable ? "yes" : "no",
				`${entry.en} ${entry.remedyEn}`,
				`${entry.nl} ${entry.remedyNl}`,
			]),
		),
		"",
	].join("\n");
}

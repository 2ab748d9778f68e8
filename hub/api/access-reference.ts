import { markdownTable } from "@kassahub/contracts/documents.ts";
import type { ClientKind } from "@kassahub/contracts/message.ts";
import { messages } from "@kassahub/contracts/messages.ts";
import { mayDo, type Right, rights, roles } from "@kassahub/contracts/role.ts";
import { access, open } from "./access.ts";

const kinds: readonly ClientKind[] = ["register", "sensor", "technician", "bridge", "relay"];
const mark = (isAllowed: boolean): string => (isAllowed ? "●" : "");

/** docs/access.md: who may do what, by which way. Every cell of it is tested over real HTTP and MQTT. */
export function accessReference(): string {
	const routes = Object.entries(access).map(([route, { kinds: allowed, right }]) => [
		`\`${route}\``,
		...kinds.map((kind) => mark(allowed.includes(kind))),
		right === "nobody" ? "" : right === "signed-in" ? "everyone signed in" : right,
	]);
	const topics = messages.map((message) => {
		const own = message.own.length > 0 ? "own" : "●";
		const cell = (kind: ClientKind): string =>
			[message.from.includes(kind) ? "sends" : "", message.to.includes(kind) ? "hears" : ""]
				.filter((word) => word !== "")
				.map((word) => (own === "own" && message.own.includes(kind) ? `${word} its own` : word))
				.join(", ");
		return [`\`${message.topic}\``, ...kinds.map(cell)];
	});
	return [
		"# Who may do what",
		"",
		"<!-- Written by `npm run generate`: change the code, not this file. -->",
		"",
		"## People",
		"",
		"A person has one role. They sign in on the console by a passphrase, and on a register by PIN or, cashiers, by badge.",
		"",
		markdownTable(
			["may", ...roles],
			(Object.keys(rights) as Right[]).map((right) => [right, ...roles.map((role) => mark(mayDo(role, right)))]),
		),
		"",
		"## REST, under /api/v1",
		"",
		"Devices and programs by their bearer token, people by the right in the last column. Without either:",
		`${[...open].map((route) => `\`${route}\``).join(", ")}.`,
		"",
		markdownTable(["route", ...kinds, "people who may"], routes),
		"",
		"## MQTT",
		"",
		"People have no MQTT login. Only the hub itself sends a terminal the commands that move money. Topics outside",
		"`kassahub/` are between third-party sensors and the bridge.",
		"",
		markdownTable(["topic", ...kinds], topics),
		"",
	].join("\n");
}

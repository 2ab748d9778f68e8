import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import type { ClientKind, MessageDefinition } from "@kassahub/contracts/message.ts";
import { filterOf, topicOf } from "@kassahub/contracts/message.ts";
import { messages } from "@kassahub/contracts/messages.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { login, openShop, PaperBooks, publication, type Shop, subscribe } from "./wire.testing.ts";

const OTHER = "een-ander";

/** The table of topics as a reader of docs/access.md finds it: a topic, and what each kind of account does there. */
function readTable(): { topic: string; cells: Record<string, string> }[] {
	const text = readFileSync(join(import.meta.dirname, "../../docs/access.md"), "utf8");
	const rows = text
		.slice(text.indexOf("## MQTT"))
		.split("\n")
		.filter((line) => line.startsWith("|"))
		.map((line) =>
			line
				.slice(1, -1)
				.split("|")
				.map((cell) => cell.trim()),
		);
	const [heading = [], , ...lines] = rows;
	return lines.map(([topic = "", ...cells]) => ({
		topic: topic.replaceAll("`", ""),
		cells: Object.fromEntries(cells.map((cell, index) => [heading[index + 1] ?? "", cell])),
	}));
}

const table = readTable();
const kinds: ClientKind[] = ["register", "sensor", "technician", "bridge", "relay"];
const cells = table.flatMap(({ topic, cells: row }) => kinds.map((kind) => [kind, topic, row[kind] ?? "?"] as const));

let shop: Shop;
const logins = new Map<ClientKind, Credentials>();
const books = new PaperBooks();
beforeAll(async () => {
	shop = await openShop(books);
	for (const kind of kinds) {
		const isInternal = kind === "bridge" || kind === "relay";
		const { accounts } = shop;
		logins.set(kind, isInternal ? accounts.addInternal(kind, `de-${kind}`) : await accounts.pair(kind, `de-${kind}`));
	}
});
afterAll(() => shop[Symbol.asyncDispose]());

/** A new connection of this kind: a refused PUBLISH ends it. */
const connect = async (kind: ClientKind) => {
	const { client, code } = await login(shop.port, logins.get(kind) ?? {});
	expect(code).toBe(0);
	return client;
};

const topicFor = (message: MessageDefinition, name: string): string =>
	topicOf(message, { register: name, device: name, sku: "4002" });

test("the document has a row for every message and a cell for every kind of account", () => {
	expect(table.map(({ topic }) => topic)).toEqual(messages.map(({ topic }) => topic));
	expect(cells.map(([, , cell]) => cell)).not.toContain("?");
});

describe.each(cells)("a %s on %s, where the document says '%s'", (kind, topic, cell) => {
	const message = messages.find((one) => one.topic === topic) as MessageDefinition;
	const own = topicFor(message, `de-${kind}`);
	const anothers = topicFor(message, OTHER);
	const isNamed = own !== anothers;

	test("publishes that, and nothing else", async () => {
		const isAcknowledged = async (where: string): Promise<boolean> => {
			const client = await connect(kind);
			client.send(publication(where, message.example));
			const puback = await client.next("puback");
			client.socket.destroy();
			return puback !== undefined;
		};
		expect(await isAcknowledged(own)).toBe(cell.includes("sends"));
		if (!isNamed) return;
		// Money in another's name goes to quarantine, with its true sender (invariant 3); anything else is refused.
		const isQuarantined = cell.includes("sends its own") && message.journaledAs !== undefined;
		expect(await isAcknowledged(anothers)).toBe(isQuarantined || (cell.includes("sends") && !cell.includes("its own")));
		if (isQuarantined)
			expect(books.submissions.at(-1)).toMatchObject({ source: `${kind}:de-${kind}`, topic: anothers });
	});

	test("hears that, and nothing else", async () => {
		const hearsOwn = cell.includes("hears");
		const hearsAll = hearsOwn && !cell.includes("hears its own");
		const client = await connect(kind);
		const code = (isAllowed: boolean): number[] => [isAllowed ? 1 : 128];
		expect(await subscribe(client, own)).toEqual(code(hearsOwn));
		expect(await subscribe(client, filterOf(message))).toEqual(code(isNamed ? hearsAll : hearsOwn));
		if (isNamed) expect(await subscribe(client, anothers)).toEqual(code(hearsAll));
		client.socket.destroy();
	});
});

import { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import { JournalHead } from "@kassahub/contracts/journal-head.ts";
import { Type } from "typebox";
import { answers } from "../answers.ts";
import { callerOf, sourceOf } from "../caller.ts";
import type { App, Parts } from "../parts.ts";

const tags = ["journal"];
const LINES = "application/x-ndjson";
const ROWS_MAX = 50_000;
const ROWS_AS_JSON_MAX = 1000;
const BYTES_MAX = 4 * 1024 * 1024;

const Entries = {
	description: "The entries, and the journal's last number and hash",
	content: {
		"application/json": { schema: Type.Object({ head: JournalHead, entries: Type.Array(JournalEntry) }) },
		[LINES]: { schema: Type.Unsafe<Buffer>({ type: "string", description: "One JournalEntry a line" }) },
	},
};

export function journalRoutes(app: App, { audit, books }: Parts): void {
	app.get(
		"/journal",
		{
			schema: {
				tags,
				summary: "Journal entries after a number, in order",
				description: `With \`Accept: ${LINES}\` the entries come as lines, byte for byte as \`kassahub journal export\` prints them, as many as fit in ${BYTES_MAX} bytes; the headers kassahub-first, kassahub-last and kassahub-count say which. As JSON at most ${ROWS_AS_JSON_MAX} at a time.`,
				querystring: Type.Object({
					after: Type.Integer({ minimum: 0, default: 0, description: "The last number you have" }),
					limit: Type.Integer({ minimum: 1, maximum: ROWS_MAX, default: ROWS_AS_JSON_MAX }),
				}),
				response: answers({ 200: Entries }),
			},
		},
		async (request, reply) => {
			const { after, limit } = request.query;
			if (!request.headers.accept?.includes(LINES)) {
				return { entries: await books.entries(after, Math.min(limit, ROWS_AS_JSON_MAX)), head: books.head() };
			}
			const { first, last, count, body } = await books.lines(after, limit, BYTES_MAX);
			reply.headers({ "kassahub-first": first, "kassahub-last": last, "kassahub-count": count });
			return reply.type(LINES).send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
		},
	);

	app.post(
		"/journal/rebuild",
		{
			schema: {
				tags,
				summary: "Fold the whole journal anew and compare with the shop's state",
				response: answers({ 200: Type.Object({ entries: Type.Integer({ minimum: 0 }), same: Type.Boolean() }) }),
			},
		},
		async (request) => {
			const rebuilt = await books.rebuild();
			audit.note(sourceOf(callerOf(request)), "journal-rebuilt");
			return rebuilt;
		},
	);
}

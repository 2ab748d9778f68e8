import { Timestamp } from "@kassahub/contracts/fields.ts";
import { type LogLevel, LogLine } from "@kassahub/contracts/log-line.ts";
import { Type } from "typebox";
import { answers } from "../answers.ts";
import type { App, Parts } from "../parts.ts";

const LINES = "application/x-ndjson";
const LINES_MAX = 5000;
const Lines = {
	description: "One LogLine a line, the oldest first",
	content: { [LINES]: { schema: Type.Unsafe<NodeJS.ReadableStream | string>({ ...LogLine }) } },
};

export function logRoutes(app: App, { logs }: Parts): void {
	app.get(
		"/logs",
		{
			schema: {
				tags: ["health"],
				summary: "The newest lines of the log of the hub and its parts",
				description: `At most ${LINES_MAX}, of this run and the end of the one before. With follow=true every further line too, until the connection is closed.`,
				querystring: Type.Object({
					part: Type.Optional(Type.String({ maxLength: 48, description: "firmware-bridge, broker, …" })),
					level: Type.Enum(["trace", "debug", "info", "warn", "error", "fatal"], {
						default: "trace",
						description: "This level and above",
					}),
					since: Type.Optional(Timestamp),
					limit: Type.Integer({ minimum: 0, maximum: LINES_MAX, default: 1000 }),
					follow: Type.Boolean({ default: false }),
				}),
				response: answers({ 200: Lines }),
			},
		},
		async (request, reply) => {
			const { part, level, since, limit, follow } = request.query;
			const filter = {
				level: level as LogLevel,
				...(part === undefined ? {} : { part }),
				...(since === undefined ? {} : { sinceMs: Date.parse(since) }),
			};
			reply.type(LINES).header("cache-control", "no-store");
			if (follow) return reply.send(logs.follow(filter, limit));
			const lines = limit === 0 ? [] : logs.lines(filter, limit);
			return reply.send(lines.map((line) => `${line}\n`).join(""));
		},
	);
}

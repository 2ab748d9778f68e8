import type { IncomingMessage, ServerResponse } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { Database } from "../store/database.ts";
import type { LiveTicks } from "./live.ts";

export type App = FastifyInstance<
	RawServerDefault,
	IncomingMessage,
	ServerResponse,
	FastifyBaseLogger,
	TypeBoxTypeProvider
>;

/** What the API needs of the rest of the back office. */
export type Parts = {
	database: Database;
	/** Whether the broker is there, so that sales can come in. */
	isHearing: () => boolean;
	ticks: LiveTicks;
	/** Wall time. */
	now: () => Date;
	/** The token demanded of every request, where the office is reachable from elsewhere. */
	token: string | undefined;
};

import type { ClientKind } from "@kassahub/contracts/message.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Account, Accounts } from "../pairing/accounts.ts";
import type { App } from "./parts.ts";
import { Problem } from "./problem.ts";

const technician = ["technician"] as const;
const register = ["register", "technician"] as const;
const stockKeeper = ["register", "sensor", "technician"] as const;
const everyone = ["register", "sensor", "technician", "relay"] as const;

/** Who may call what under /api/v1. A route that is not in this table cannot be registered. */
export const access: Readonly<Record<string, readonly ClientKind[]>> = {
	"GET /health": everyone,
	"POST /sales": register,
	"GET /sales": register,
	"GET /sales/:id": register,
	"POST /payments": register,
	"GET /payments": register,
	"GET /payments/:id": register,
	"POST /cash": register,
	"GET /drawers": register,
	"POST /stock/movements": stockKeeper,
	"GET /stock": stockKeeper,
	"GET /stock/:sku": stockKeeper,
	"GET /catalogue": register,
	"PUT /catalogue/products/:sku": technician,
	"POST /catalogue/import": technician,
	"GET /turnover": register,
	"GET /devices": register,
	"POST /devices/:device/commands": register,
	"GET /devices/:device/trace": technician,
	"GET /shop": ["register", "technician", "relay"],
	"GET /relay": register,
	"GET /journal": ["relay", "technician"],
	"POST /journal/rebuild": technician,
	"GET /quarantine": technician,
	"POST /quarantine/:number/replay": technician,
	"GET /pairings": technician,
	"POST /pairings": technician,
	"DELETE /pairings/:name": technician,
};

export const API_PREFIX = "/api/v1";

/** A wrong token costs a slow hash: an address that keeps sending them is held off for a minute. */
const WRONG_TOKENS_PER_MINUTE = 30;

declare module "fastify" {
	interface FastifyRequest {
		/** Who asks, once the token has been checked. */
		account: Account | null;
	}
}

/** The kinds that may call a route, by its method and its URL as it was registered. */
export function allowedKinds(method: string, url: string): readonly ClientKind[] | undefined {
	const verb = method === "HEAD" ? "GET" : method;
	return access[`${verb} ${url.slice(API_PREFIX.length)}`];
}

/** The account of a request that must have one. */
export function accountOf(request: FastifyRequest): Account {
	if (!request.account) throw new Error(`${request.method} ${request.routeOptions.url} was not guarded`);
	return request.account;
}

/** Finds who carries the request's bearer token; undefined where it carries none. Throws Problem for a wrong one. */
export function tokenReader(app: App, accounts: Accounts): (request: FastifyRequest) => Promise<Account | undefined> {
	const countWrongTokens = app.createRateLimit({ max: WRONG_TOKENS_PER_MINUTE, timeWindow: 60_000 });
	return async (request) => {
		const [scheme, token] = request.headers.authorization?.split(" ") ?? [];
		if (scheme?.toLowerCase() !== "bearer" || !token) return undefined;
		const account = await accounts.authenticateToken(token, request.ip);
		if (account) return account;
		const limit = await countWrongTokens(request);
		if (!limit.isAllowed && limit.isExceeded) {
			throw new Problem(429, "TOO_MANY_REQUESTS", "Too many wrong tokens from this address in a minute");
		}
		throw new Problem(401, "TOKEN_INVALID", "This token is not known, or was replaced or revoked");
	};
}

/** Guards every route of this scope by the table above. */
export function guard(app: App, readToken: (request: FastifyRequest) => Promise<Account | undefined>): void {
	app.addHook("onRoute", ({ method, url }) => {
		for (const verb of [method].flat()) {
			if (!allowedKinds(verb, url)) throw new Error(`${verb} ${url} is not in the access table`);
		}
	});
	app.addHook("onRequest", async (request: FastifyRequest, _reply: FastifyReply) => {
		const account = await readToken(request);
		if (!account) throw new Problem(401, "TOKEN_INVALID", "This request carries no bearer token");
		const kinds = allowedKinds(request.method, request.routeOptions.url ?? "") ?? [];
		if (!kinds.includes(account.kind)) {
			const allowed = kinds.join(" or ");
			throw new Problem(403, "NOT_ALLOWED", `${account.name} is a ${account.kind}; this is for a ${allowed}`);
		}
		request.account = account;
	});
}

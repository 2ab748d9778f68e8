import { mayDo } from "@kassahub/contracts/role.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Account, Accounts } from "../pairing/accounts.ts";
import type { Admission, Caller } from "./caller.ts";
import type { App } from "./parts.ts";
import { Problem } from "./problem.ts";

const nobody = [] as const;
const technician = ["technician"] as const;
const register = ["register", "technician"] as const;
const stockKeeper = ["register", "sensor", "technician"] as const;
const everyone = ["register", "sensor", "technician", "relay"] as const;

/** Who may call what under /api/v1. A route that is neither here nor open cannot be registered. */
export const access: Readonly<Record<string, Admission>> = {
	"GET /alerts": { kinds: everyone, right: "see-health" },
	"POST /alerts/:id/acknowledge": { kinds: technician, right: "acknowledge-alerts" },
	"GET /box": { kinds: technician, right: "see-health" },
	"GET /health": { kinds: everyone, right: "see-health" },
	"POST /sales": { kinds: register, right: "sell" },
	"GET /sales": { kinds: register, right: "see-turnover" },
	"GET /sales/:id": { kinds: register, right: "see-turnover" },
	"POST /payments": { kinds: register, right: "take-payments" },
	"GET /payments": { kinds: register, right: "take-payments" },
	"GET /payments/:id": { kinds: register, right: "take-payments" },
	"POST /cash": { kinds: register, right: "count-cash" },
	"GET /drawers": { kinds: register, right: "see-turnover" },
	"POST /stock/movements": { kinds: stockKeeper, right: "move-stock" },
	"GET /stock": { kinds: stockKeeper, right: "see-products" },
	"GET /stock/:sku": { kinds: stockKeeper, right: "see-products" },
	"GET /shelves": { kinds: register, right: "see-products" },
	"GET /catalogue": { kinds: register, right: "see-products" },
	"PUT /catalogue/products/:sku": { kinds: technician, right: "change-products" },
	"POST /catalogue/import": { kinds: technician, right: "change-products" },
	"GET /turnover": { kinds: register, right: "see-turnover" },
	"GET /devices": { kinds: register, right: "see-devices" },
	"POST /devices/:device/commands": { kinds: register, right: "use-devices" },
	"GET /devices/:device/history": { kinds: technician, right: "see-devices" },
	"GET /devices/:device/reading": { kinds: technician, right: "see-devices" },
	"GET /devices/:device/trace": { kinds: technician, right: "trace-devices" },
	"GET /config/devices": { kinds: technician, right: "change-devices" },
	"PUT /config/devices/:device": { kinds: technician, right: "change-devices" },
	"DELETE /config/devices/:device": { kinds: technician, right: "change-devices" },
	"PUT /config/shop": { kinds: technician, right: "change-shop" },
	"GET /shop": { kinds: ["register", "technician", "relay"], right: "see-health" },
	"GET /relay": { kinds: register, right: "see-health" },
	"GET /bundle": { kinds: technician, right: "see-logs" },
	"GET /logs": { kinds: technician, right: "see-logs" },
	"GET /journal": { kinds: ["relay", "technician"], right: "see-journal" },
	"POST /journal/rebuild": { kinds: technician, right: "rebuild-journal" },
	"GET /backups": { kinds: technician, right: "back-up" },
	"POST /backups": { kinds: technician, right: "back-up" },
	"GET /quarantine": { kinds: technician, right: "repair-quarantine" },
	"POST /quarantine/:number/replay": { kinds: technician, right: "repair-quarantine" },
	"GET /pairings": { kinds: technician, right: "see-pairings" },
	"POST /pairings": { kinds: technician, right: "change-pairings" },
	"DELETE /pairings": { kinds: technician, right: "change-pairings" },
	"POST /pairing-codes": { kinds: technician, right: "change-pairings" },
	"DELETE /pairings/:name": { kinds: technician, right: "change-pairings" },
	"GET /people": { kinds: technician, right: "see-people" },
	"PUT /people/:name": { kinds: technician, right: "change-people" },
	"DELETE /people/:name": { kinds: technician, right: "change-people" },
	"PUT /people/:name/passphrase": { kinds: technician, right: "signed-in" },
	"PUT /people/:name/pin": { kinds: technician, right: "signed-in" },
	"PUT /people/:name/badge": { kinds: technician, right: "change-people" },
	"GET /session": { kinds: everyone, right: "signed-in" },
	"DELETE /session": { kinds: nobody, right: "signed-in" },
	"POST /register-session": { kinds: ["register"], right: "nobody" },
	"GET /register-session": { kinds: ["register"], right: "nobody" },
	"DELETE /register-session": { kinds: ["register"], right: "nobody" },
	"GET /audit": { kinds: technician, right: "see-audit" },
};

/** What is asked before anyone is known: these guard themselves against guessing. */
export const open: ReadonlySet<string> = new Set(["POST /session", "POST /pair", "GET /setup", "POST /setup"]);

export const API_PREFIX = "/api/v1";

/** A wrong token costs a slow hash: an address that keeps sending them is held off for a minute. */
const WRONG_TOKENS_PER_MINUTE = 30;

/** Whom a route admits, by its method and its URL as it was registered; undefined where it is in no table. */
export function admissionTo(method: string, url: string): Admission | "open" | undefined {
	const route = `${method === "HEAD" ? "GET" : method} ${url.slice(API_PREFIX.length)}`;
	return open.has(route) ? "open" : access[route];
}

/** Throws Problem where the caller is not admitted. */
function admit(caller: Caller, { kinds, right }: Admission): void {
	if (caller.kind === "person") {
		if (right === "signed-in" || (right !== "nobody" && mayDo(caller.role, right))) return;
		throw new Problem(403, "NOT_ALLOWED", `${caller.name} is a ${caller.role}, who may not do this`);
	}
	if (kinds.includes(caller.kind)) return;
	const allowed = kinds.join(" or ") || "person who signed in";
	throw new Problem(403, "NOT_ALLOWED", `${caller.name} is a ${caller.kind}; this is for a ${allowed}`);
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
export function guard(
	app: App,
	readToken: (request: FastifyRequest) => Promise<Account | undefined>,
	readPerson: (request: FastifyRequest) => Caller | undefined,
): void {
	app.addHook("onRoute", ({ method, url }) => {
		for (const verb of [method].flat()) {
			if (!admissionTo(verb, url)) throw new Error(`${verb} ${url} is not in the access table`);
		}
	});
	app.addHook("onRequest", async (request: FastifyRequest, _reply: FastifyReply) => {
		const admission = admissionTo(request.method, request.routeOptions.url ?? "");
		if (admission === "open") return;
		const caller = (await readToken(request)) ?? readPerson(request);
		if (!caller)
			throw new Problem(401, "TOKEN_INVALID", "This request carries no bearer token and nobody is signed in");
		if (!admission) throw new Error(`${request.method} ${request.url} was not guarded`);
		admit(caller, admission);
		request.caller = caller;
	});
}

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { App } from "./app.ts";
import { loginPage } from "./login-page.ts";
import { Problem } from "./problem.ts";

const COOKIE = "kassahub-office";
const SESSION_MS = 12 * 60 * 60 * 1000;
const SESSIONS_MAX = 1000;
const WRONG_PER_MINUTE_MAX = 30;
/** Asked by load balancers and container runtimes, which have no token. */
const OPEN = new Set(["/healthz", "/login"]);
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Who may look. Without a token the office listens on loopback only, and answers only requests that name this machine:
 * a web page elsewhere that points its own name at 127.0.0.1 (DNS rebinding) is refused. With a token every request
 * needs it, as bearer token or as the login that a browser gets for it at /login.
 */
export function guardAccess(app: App, token: string | undefined): void {
	if (token === undefined) {
		app.addHook("onRequest", async (request) => {
			if (LOCAL_HOST.test(request.headers.host ?? "")) return;
			throw new Problem(403, "NOT_ALLOWED", "Without KASSAHUB_OFFICE_TOKEN only this machine itself is answered");
		});
		return;
	}
	const wanted = digest(token);
	const isToken = (given: string) => timingSafeEqual(digest(given), wanted);
	/** Until when each login lasts, oldest first. */
	const sessions = new Map<string, number>();
	let wrong = 0;
	const forget = setInterval(() => {
		wrong = 0;
	}, 60_000).unref();
	app.addHook("onClose", async () => clearInterval(forget));

	app.addHook("onRequest", async (request, reply) => {
		if (OPEN.has(request.routeOptions.url ?? "")) return;
		const session = sessionOf(request);
		if (session && (sessions.get(session) ?? 0) > Date.now()) return;
		const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
		if (bearer) {
			countAgainst(isToken(bearer));
			return;
		}
		if (request.headers.accept?.includes("text/html")) return reply.redirect("/login");
		throw new Problem(401, "OFFICE_LOGIN_NEEDED", "This request has no bearer token and no login");
	});

	app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
		done(null, Object.fromEntries(new URLSearchParams(String(body)))),
	);
	app.get("/login", (_request, reply) => reply.type("text/html; charset=utf-8").send(loginPage(false)));
	app.post<{ Body: { token?: string } | undefined }>("/login", async (request, reply) => {
		if (wrong >= WRONG_PER_MINUTE_MAX || !isToken(request.body?.token ?? "")) {
			wrong++;
			return reply.code(401).type("text/html; charset=utf-8").send(loginPage(true));
		}
		const session = randomBytes(32).toString("base64url");
		for (const [old, until] of sessions) {
			if (until > Date.now() && sessions.size < SESSIONS_MAX) break;
			sessions.delete(old);
		}
		sessions.set(session, Date.now() + SESSION_MS);
		const isSecure = request.protocol === "https" ? "; Secure" : "";
		reply.header("set-cookie", `${COOKIE}=${session}; HttpOnly; SameSite=Strict; Path=/${isSecure}`);
		return reply.redirect("/", 303);
	});

	function countAgainst(isRight: boolean): void {
		if (isRight && wrong < WRONG_PER_MINUTE_MAX) return;
		if (!isRight) wrong++;
		if (wrong > WRONG_PER_MINUTE_MAX) throw new Problem(429, "TOO_MANY_REQUESTS", "Too many wrong tokens in a minute");
		throw new Problem(401, "OFFICE_LOGIN_NEEDED", "This is not the office's token");
	}
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

function sessionOf(request: FastifyRequest): string | undefined {
	for (const pair of (request.headers.cookie ?? "").split(/; */)) {
		const [name, value] = pair.split("=", 2);
		if (name === COOKIE) return value;
	}
	return undefined;
}

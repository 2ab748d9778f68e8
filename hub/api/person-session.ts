import cookie from "@fastify/cookie";
import type { Person } from "@kassahub/contracts/person.ts";
import { rightsOf } from "@kassahub/contracts/role.ts";
import type { Session } from "@kassahub/contracts/session.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { localTime } from "../clock.ts";
import type { Caller } from "./caller.ts";
import type { App, Parts } from "./parts.ts";
import { Problem } from "./problem.ts";

export const SESSION_COOKIE = "kassahub-session";
/** A header that no form and no other site's script can send along without being asked first (CORS). */
const CSRF_HEADER = "x-kassahub-csrf";
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** The console's sign-in travels as a cookie that no script can read and no other site can send. */
export async function takeCookies(app: App): Promise<void> {
	await app.register(cookie);
}

/** Who signed in on the console that this request comes from. Throws Problem for one that another site made. */
export function personReader({ signedIn, people }: Parts): (request: FastifyRequest) => Caller | undefined {
	return (request) => {
		const token = request.cookies[SESSION_COOKIE];
		if (!token) return undefined;
		const found = signedIn.read(token);
		const person = found && found.place.kind === "console" ? people.get(found.person) : undefined;
		if (!person) throw new Problem(401, "SIGN_IN_NEEDED", "Nobody is signed in by this cookie, or no longer");
		if (!SAFE.has(request.method) && !isOwnPage(request)) {
			throw new Problem(403, "NOT_ALLOWED", `A page that is not the hub's own asked this (no ${CSRF_HEADER})`);
		}
		return { kind: "person", name: person.name, role: person.role };
	};
}

function isOwnPage({ headers }: FastifyRequest): boolean {
	if (headers[CSRF_HEADER] === undefined) return false;
	const { origin, host } = headers;
	return origin === undefined || URL.parse(origin)?.host === host;
}

/** Signs a person in on the console and answers who they are. */
export function openConsoleSession(
	{ signedIn, isEncrypted }: Parts,
	request: FastifyRequest,
	reply: FastifyReply,
	person: Person,
): Session {
	const token = signedIn.open(person.name, { kind: "console" });
	reply.setCookie(SESSION_COOKIE, token, {
		path: "/",
		httpOnly: true,
		sameSite: "strict",
		// On the box itself the page may come over plain HTTP, from localhost.
		secure: isEncrypted(request),
	});
	reply.header("cache-control", "no-store");
	return sessionOf(person, signedIn.read(token)?.endsInMs ?? 0);
}

export function closeConsoleSession({ signedIn }: Parts, request: FastifyRequest, reply: FastifyReply): void {
	const token = request.cookies[SESSION_COOKIE];
	if (token) signedIn.close(token);
	reply.clearCookie(SESSION_COOKIE, { path: "/" });
}

/** When the console session of this request ends, in ms; 0 where there is none. */
export const restOfSession = ({ signedIn }: Parts, request: FastifyRequest): number =>
	signedIn.read(request.cookies[SESSION_COOKIE] ?? "")?.endsInMs ?? 0;

export const sessionOf = ({ name, title, role }: Person, endsInMs: number): Session => ({
	name,
	title,
	role,
	rights: rightsOf(role),
	endsAt: localTime(Date.now() + endsInMs),
});

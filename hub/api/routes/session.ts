import type { Person } from "@kassahub/contracts/person.ts";
import { RegisterSignIn, Session, SignIn } from "@kassahub/contracts/session.ts";
import { PersonRefused } from "../../people/people.ts";
import { answers, Nothing } from "../answers.ts";
import { callerOf, sourceOf } from "../caller.ts";
import type { App, Parts } from "../parts.ts";
import { closeConsoleSession, openConsoleSession, restOfSession, sessionOf } from "../person-session.ts";
import { Problem } from "../problem.ts";

const tags = ["people"];

/** How people sign in: on the console by a passphrase, on a register by PIN or badge. */
export function sessionRoutes(app: App, parts: Parts): void {
	const { people, signedIn, audit } = parts;

	/** The person, or the Problem that the attempt comes down to; one guess too many is audited, not every one. */
	const admit = async (who: string, about: string, check: () => Promise<Person>): Promise<Person> => {
		try {
			return await check();
		} catch (error) {
			if (!(error instanceof PersonRefused)) throw error;
			if (error.code === "SIGN_IN_WRONG" && error.waitMs > 0) audit.note(who, "sign-in-refused", { about });
			const status = error.code === "SIGN_IN_WAIT" ? 429 : 401;
			throw new Problem(status, error.code, error.message);
		}
	};

	app.post(
		"/session",
		{
			schema: {
				tags,
				summary: "Sign in on the console",
				description: "The session travels as a cookie; requests that change something need the header x-kassahub-csrf.",
				body: SignIn,
				response: answers({ 200: Session }),
			},
		},
		async (request, reply) => {
			const { name, passphrase } = request.body;
			const from = `console at ${request.ip}`;
			const person = await admit(from, name, () => people.check(name, "passphrase", passphrase, request.ip));
			audit.note(`person:${person.name}`, "signed-in", { detail: "console" });
			return openConsoleSession(parts, request, reply, person);
		},
	);

	app.get(
		"/session",
		{ schema: { tags, summary: "Who is signed in", response: answers({ 200: Session, 204: Nothing }) } },
		async (request, reply) => {
			const caller = callerOf(request);
			const person = caller.kind === "person" ? people.get(caller.name) : undefined;
			if (person) return sessionOf(person, restOfSession(parts, request));
			reply.code(204);
			return null;
		},
	);

	app.delete(
		"/session",
		{ schema: { tags, summary: "Sign out", response: answers({ 204: Nothing }) } },
		async (request, reply) => {
			closeConsoleSession(parts, request, reply);
			audit.note(sourceOf(callerOf(request)), "signed-out");
			reply.code(204);
			return null;
		},
	);

	app.post(
		"/register-session",
		{
			schema: {
				tags,
				summary: "Sign a cashier in on the asking register, by PIN or badge; whoever was there is signed out",
				description: "A badge can be copied: alone it lets in cashiers only, the others type their PIN.",
				body: RegisterSignIn,
				response: answers({ 200: Session }),
			},
		},
		async (request) => {
			const register = callerOf(request).name;
			const { body } = request;
			const person = await admit(`register:${register}`, "name" in body ? body.name : "a badge", async () => {
				if ("pin" in body) return people.check(body.name, "pin", body.pin, register);
				const holder = people.holderOfBadge(body.badge);
				if (!holder) throw new PersonRefused("SIGN_IN_WRONG", "nobody has this badge");
				if (holder.role !== "cashier") throw new PersonRefused("SIGN_IN_WRONG", `${holder.title} signs in by PIN`);
				return holder;
			});
			const token = signedIn.open(person.name, { kind: "register", register });
			audit.note(`person:${person.name}`, "signed-in", { about: register });
			return sessionOf(person, signedIn.read(token)?.endsInMs ?? 0);
		},
	);

	app.get(
		"/register-session",
		{
			schema: {
				tags,
				summary: "Who is signed in on the asking register",
				response: answers({ 200: Session, 204: Nothing }),
			},
		},
		async (request, reply) => {
			const found = signedIn.onRegister(callerOf(request).name);
			const person = found && people.get(found.person);
			if (person) return sessionOf(person, found.endsInMs);
			reply.code(204);
			return null;
		},
	);

	app.delete(
		"/register-session",
		{ schema: { tags, summary: "Sign the cashier out of the asking register", response: answers({ 204: Nothing }) } },
		async (request, reply) => {
			const register = callerOf(request).name;
			const found = signedIn.onRegister(register);
			if (found) {
				signedIn.closeRegister(register);
				audit.note(`person:${found.person}`, "signed-out", { about: register });
			}
			reply.code(204);
			return null;
		},
	);
}

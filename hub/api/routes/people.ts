import { AuditEntry } from "@kassahub/contracts/audit.ts";
import { ClientName } from "@kassahub/contracts/fields.ts";
import { Passphrase, Person, Pin } from "@kassahub/contracts/person.ts";
import { Role } from "@kassahub/contracts/role.ts";
import { Type } from "typebox";
import { type Knowledge, PersonRefused } from "../../people/people.ts";
import { answers, Nothing } from "../answers.ts";
import { type Caller, callerOf, sourceOf } from "../caller.ts";
import type { App, Parts } from "../parts.ts";
import { Problem } from "../problem.ts";

const tags = ["people"];
const params = Type.Object({ name: ClientName });
const AUDIT_LISTED_MAX = 1000;

/** Who works here, and how they sign in. */
export function peopleRoutes(app: App, { people, audit, books }: Parts): void {
	app.get(
		"/people",
		{ schema: { tags, summary: "Who works here", response: answers({ 200: Type.Array(Person) }) } },
		async () => people.list(),
	);

	app.put(
		"/people/:name",
		{
			schema: {
				tags,
				summary: "Add a person, or change what they are called and their role",
				params,
				body: Type.Object({ title: Person.properties.title, role: Role }, { additionalProperties: false }),
				response: answers({ 200: Person }),
			},
		},
		async (request) => {
			const { name } = request.params;
			const isNew = people.get(name) === undefined;
			const person = await orProblem(() => people.put({ name, ...request.body }));
			const action = isNew ? "person-added" : "person-changed";
			audit.note(sourceOf(callerOf(request)), action, { about: name, detail: person.role });
			return person;
		},
	);

	app.delete(
		"/people/:name",
		{
			schema: {
				tags,
				summary: "Take a person away, and sign them out everywhere",
				params,
				response: answers({ 204: Nothing }),
			},
		},
		async (request, reply) => {
			const { name } = request.params;
			if (!(await orProblem(() => people.remove(name))))
				throw new Problem(404, "NOT_FOUND", `Nobody is called ${name}`);
			audit.note(sourceOf(callerOf(request)), "person-removed", { about: name });
			reply.code(204);
			return null;
		},
	);

	const secretRoute = (what: Knowledge, secret: typeof Passphrase | typeof Pin): void => {
		app.put(
			`/people/:name/${what}`,
			{
				schema: {
					tags,
					summary: `Set a person's ${what}, or take it away (null): one's own, or as who may change people`,
					params,
					body: Type.Object({ secret: Type.Union([secret, Type.Null()]) }, { additionalProperties: false }),
					response: answers({ 204: Nothing }),
				},
			},
			async (request, reply) => {
				const { name } = request.params as { name: string };
				const caller = callerOf(request);
				if (!mayChangeSecret(caller, name)) {
					throw new Problem(403, "NOT_ALLOWED", `${caller.name} may set only their own ${what}`);
				}
				const { secret: given } = request.body as { secret: string | null };
				await orProblem(() => people.setSecret(name, what, given ?? undefined));
				audit.note(sourceOf(caller), "secret-changed", { about: name, detail: what });
				reply.code(204);
				return null;
			},
		);
	};
	secretRoute("passphrase", Passphrase);
	secretRoute("pin", Pin);

	app.put(
		"/people/:name/badge",
		{
			schema: {
				tags,
				summary: "Give a person a badge, or take it away (null)",
				params,
				body: Type.Object(
					{ uid: Type.Union([Type.String({ pattern: "^([0-9a-fA-F]{2}){4,10}$" }), Type.Null()]) },
					{ additionalProperties: false },
				),
				response: answers({ 204: Nothing }),
			},
		},
		async (request, reply) => {
			const { name } = request.params;
			await orProblem(() => people.setBadge(name, request.body.uid ?? undefined));
			audit.note(sourceOf(callerOf(request)), "secret-changed", { about: name, detail: "badge" });
			reply.code(204);
			return null;
		},
	);

	app.get(
		"/audit",
		{
			schema: {
				tags,
				summary: "Who did what, newest first",
				querystring: Type.Object({
					limit: Type.Integer({ minimum: 1, maximum: AUDIT_LISTED_MAX, default: 100 }),
				}),
				response: answers({ 200: Type.Array(AuditEntry) }),
			},
		},
		async (request) => (await books.audit(request.query.limit)).map(({ payload }) => payload as AuditEntry),
	);
}

/** Everyone may change their own; who may change people, or holds the box itself, may change any. */
const mayChangeSecret = (caller: Caller, name: string): boolean =>
	caller.kind !== "person" || caller.name === name || caller.role === "owner";

async function orProblem<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof PersonRefused)) throw error;
		throw new Problem(error.code === "NOT_FOUND" ? 404 : 409, error.code, error.message);
	}
}

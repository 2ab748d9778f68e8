import { Credentials, PairingKind, PairingRequest } from "@kassahub/contracts/credentials.ts";
import { ClientName, Timestamp } from "@kassahub/contracts/fields.ts";
import { Type } from "typebox";
import { answers, Nothing } from "../answers.ts";
import { callerOf, sourceOf } from "../caller.ts";
import type { App, Parts } from "../parts.ts";
import { Problem } from "../problem.ts";

const tags = ["pairings"];
const Pairing = Type.Object({ name: ClientName, kind: PairingKind, pairedAt: Timestamp });

export function pairingRoutes(app: App, { accounts, audit, log }: Parts): void {
	app.get(
		"/pairings",
		{ schema: { tags, summary: "Who may connect", response: answers({ 200: Type.Array(Pairing) }) } },
		async () => accounts.list(),
	);

	app.post(
		"/pairings",
		{
			schema: {
				tags,
				summary: "Pair a register, sensor or technician",
				description: "The credentials are shown this once. Pairing the same name again replaces them.",
				body: PairingRequest,
				response: answers({ 201: Credentials }),
			},
		},
		async (request, reply) => {
			const { kind, name } = request.body;
			const credentials = await accounts.pair(kind, name);
			log.info({ kind, name }, "paired");
			audit.note(sourceOf(callerOf(request)), "paired", { about: name, detail: kind });
			reply.code(201).header("cache-control", "no-store");
			return credentials;
		},
	);

	app.delete(
		"/pairings/:name",
		{
			schema: {
				tags,
				summary: "End a pairing",
				params: Type.Object({ name: ClientName }),
				response: answers({ 204: Nothing }),
			},
		},
		async (request, reply) => {
			const { name } = request.params;
			if (!(await accounts.revoke(name))) throw new Problem(404, "NOT_FOUND", `${name} is not paired`);
			log.info({ name }, "pairing ended");
			audit.note(sourceOf(callerOf(request)), "pairing-ended", { about: name });
			reply.code(204);
			return null;
		},
	);
}

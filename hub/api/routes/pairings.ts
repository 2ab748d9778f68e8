import { Credentials, PairingKind, PairingRequest } from "@kassahub/contracts/credentials.ts";
import { ClientName, Timestamp } from "@kassahub/contracts/fields.ts";
import { CodeRedemption, PairingCode } from "@kassahub/contracts/pairing-code.ts";
import { Type } from "typebox";
import { localTime } from "../../clock.ts";
import { CodeRefused } from "../../pairing/codes.ts";
import { codeLink } from "../../pairing/link.ts";
import { answers, Nothing } from "../answers.ts";
import { callerOf, sourceOf } from "../caller.ts";
import type { App, Parts } from "../parts.ts";
import { Problem } from "../problem.ts";

const tags = ["pairings"];
const Pairing = Type.Object({ name: ClientName, kind: PairingKind, pairedAt: Timestamp });

export function pairingRoutes(app: App, { accounts, audit, clock, codes, httpsPort, log }: Parts): void {
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

	app.delete(
		"/pairings",
		{
			schema: {
				tags,
				summary: "End every pairing at once, except that of who asks; live connections are cut",
				querystring: Type.Object({ all: Type.Literal(true, { description: "Lest it be asked by mistake" }) }),
				response: answers({ 200: Type.Array(ClientName) }),
			},
		},
		async (request) => {
			const caller = callerOf(request);
			const names = accounts
				.list()
				.flatMap(({ name }) => (caller.kind !== "person" && name === caller.name ? [] : name));
			for (const name of names) await accounts.revoke(name);
			log.info({ names }, "every pairing ended");
			audit.note(sourceOf(caller), "pairing-ended", { about: "all" });
			return names;
		},
	);

	app.post(
		"/pairing-codes",
		{
			schema: {
				tags,
				summary: "A code of six digits that pairs one device, once and within ten minutes",
				body: PairingRequest,
				response: answers({ 201: PairingCode }),
			},
		},
		async (request, reply) => {
			const { kind, name } = request.body;
			accounts.checkName(kind, name);
			const { code, validMs } = codes.issue({ kind, name });
			reply.code(201).header("cache-control", "no-store");
			const link = codeLink(kind, code, httpsPort());
			return { code, kind, name, expiresAt: localTime(clock.epochMs() + validMs), ...(link ? { link } : {}) };
		},
	);

	app.post(
		"/pair",
		{
			schema: {
				tags,
				summary: "Be paired by a code; the credentials are handed out this once",
				body: CodeRedemption,
				response: answers({ 201: Credentials }),
			},
		},
		async (request, reply) => {
			const { kind, name } = redeemed(() => codes.redeem(request.body.code, request.ip));
			const credentials = await accounts.pair(kind, name);
			log.info({ kind, name }, "paired by a code");
			audit.note(`code at ${request.ip}`, "paired", { about: name, detail: kind });
			reply.code(201).header("cache-control", "no-store");
			return credentials;
		},
	);
}

function redeemed<T>(redeem: () => T): T {
	try {
		return redeem();
	} catch (error) {
		if (!(error instanceof CodeRefused)) throw error;
		throw new Problem(error.code === "SIGN_IN_WAIT" ? 429 : 401, error.code, error.message);
	}
}

import type { Booking } from "@kassahub/contracts/booking.ts";
import type { EntryKind } from "@kassahub/contracts/journal-entry.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Books } from "../books/books.ts";
import { callerOf, sourceOf } from "./caller.ts";
import type { App } from "./parts.ts";
import { problemOf } from "./problem.ts";
import { checkAllButBody } from "./validation.ts";

/** Makes a scope take JSON bodies as bytes: what cannot be read goes to quarantine too (invariant 3). */
export function takeBytes(app: App): void {
	app.removeAllContentTypeParsers();
	app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, bytes, done) => done(null, bytes));
	app.setValidatorCompiler(checkAllButBody);
}

/**
 * Books the event in a request's body and answers its booking, durable: 201, or 200 where its id was booked before.
 * Throws Problem where it went to quarantine, and JournalError where nothing could be kept.
 */
export async function bookEvent(
	books: Books,
	request: FastifyRequest,
	reply: FastifyReply,
	event: { kind: EntryKind; topic: (register: string) => string },
): Promise<Booking> {
	const caller = callerOf(request);
	const { kind, name } = caller;
	const payload = bytesOf(request.body);
	const isRegister = kind === "register";
	const outcome = await books.submit({
		kind: event.kind,
		source: sourceOf(caller),
		register: isRegister ? name : null,
		topic: event.topic(isRegister ? name : (registerIn(payload) ?? name)),
		payload,
	});
	if (outcome.status === "rejected") throw problemOf(outcome.rejection);
	reply.code(outcome.booking.duplicate ? 200 : 201);
	return outcome.booking;
}

const bytesOf = (body: unknown): Uint8Array => (body instanceof Uint8Array ? body : new Uint8Array());

/** The register a technician's event speaks for, where one can be read; whether it may is intake's to say. */
function registerIn(payload: Uint8Array): string | undefined {
	try {
		const value: unknown = JSON.parse(new TextDecoder().decode(payload));
		const register = (value as { register?: unknown } | null)?.register;
		return typeof register === "string" && /^[a-z0-9-]{1,32}$/.test(register) ? register : undefined;
	} catch {
		return undefined;
	}
}

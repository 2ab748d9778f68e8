import { type ErrorCode, errors } from "@kassahub/contracts/errors.ts";
import type { Problem as ProblemBody } from "@kassahub/contracts/problem.ts";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

/** A request that is not answered, and why (RFC 9457). */
export class Problem extends Error {
	readonly status: number;
	readonly code: ErrorCode;

	constructor(status: number, code: ErrorCode, detail: string) {
		super(detail);
		this.status = status;
		this.code = code;
	}
}

export function sendProblem(reply: FastifyReply, { status, code, message }: Problem): FastifyReply {
	const body: ProblemBody = {
		type: `urn:kassahub:error:${code}`,
		title: errors[code].en,
		status,
		code,
		detail: message,
		remedy: errors[code].remedyEn,
	};
	if (status === 401) reply.header("www-authenticate", 'Bearer realm="kassahub-office"');
	return reply.code(status).type("application/problem+json").send(JSON.stringify(body));
}

/** What nobody expected becomes OFFICE_FAULT, without its inside; the log has that. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	if (error instanceof Problem) return sendProblem(reply, error);
	if (error.statusCode && error.statusCode < 500) {
		return sendProblem(reply, new Problem(error.statusCode, "PARAMETER_INVALID", error.message));
	}
	request.log.error({ err: error, route: request.routeOptions.url }, "request failed");
	return sendProblem(reply, new Problem(500, "OFFICE_FAULT", "The back office failed on this request"));
}

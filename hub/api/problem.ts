import { type ErrorCode, errors } from "@kassahub/contracts/errors.ts";
import type { Problem as ProblemBody } from "@kassahub/contracts/problem.ts";
import type { Reason } from "@kassahub/contracts/reason.ts";
import type { Rejection } from "@kassahub/contracts/rejection.ts";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

const MEDIA_TYPE = "application/problem+json";

type Extras = { remedy?: string; reasons?: Reason[]; id?: string | null; quarantine?: number };

/** A request that is not done, and why: thrown by a route, answered as application/problem+json (RFC 9457). */
export class Problem extends Error {
	readonly status: number;
	readonly code: ErrorCode;
	readonly extras: Extras;

	constructor(status: number, code: ErrorCode, detail: string, extras: Extras = {}) {
		super(detail);
		this.name = "Problem";
		this.status = status;
		this.code = code;
		this.extras = extras;
	}

	body(): ProblemBody {
		const { remedy, ...extras } = this.extras;
		return {
			type: `urn:kassahub:error:${this.code}`,
			title: errors[this.code].en,
			status: this.status,
			code: this.code,
			detail: this.message,
			remedy: remedy ?? errors[this.code].remedyEn,
			...extras,
		};
	}
}

/** What was not booked, and where it is kept: 400 for what is not even JSON, 422 for what breaks the contract. */
export function problemOf(rejection: Rejection): Problem {
	const { reasons, id, quarantine } = rejection;
	const first = reasons[0] as Reason;
	const code = isErrorCode(first.code) ? first.code : "FIELD_INVALID";
	return new Problem(code === "JSON_INVALID" ? 400 : 422, code, reasons.map(({ message }) => message).join("; "), {
		remedy: first.remedy,
		reasons,
		id,
		quarantine,
	});
}

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === "string" && Object.hasOwn(errors, code);

/** The problem an error stands for; what nobody expected becomes HUB_FAULT, without its inside. */
function problemFrom(error: Error & { code?: unknown; statusCode?: number }): Problem {
	if (error instanceof Problem) return error;
	switch (error.code) {
		case "FST_ERR_CTP_INVALID_JSON_BODY":
		case "FST_ERR_CTP_EMPTY_JSON_BODY":
			return new Problem(400, "JSON_INVALID", error.message, { remedy: "Send a body that is JSON in UTF-8" });
		case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
			return new Problem(415, "MEDIA_TYPE_UNSUPPORTED", error.message);
		case "FST_ERR_CTP_BODY_TOO_LARGE":
			return new Problem(413, "BODY_TOO_LARGE", error.message);
		case "JOURNAL_DISK_FULL":
		case "JOURNAL_UNWRITABLE":
			return new Problem(503, error.code, errors[error.code].cause);
		case "CSV_INVALID":
			return new Problem(400, "CSV_INVALID", error.message);
		case "PAIRING_NAME_TAKEN":
		case "PAIRING_NAME_INVALID": {
			const { field, remedy } = error as { field?: string; remedy?: string };
			const reason = { field: field ?? "", code: error.code, message: error.message, remedy: remedy ?? "" };
			const status = error.code === "PAIRING_NAME_TAKEN" ? 409 : 400;
			return new Problem(status, error.code, error.message, { remedy: reason.remedy, reasons: [reason] });
		}
	}
	if (error.statusCode === 400) return new Problem(400, "PARAMETER_INVALID", error.message);
	return new Problem(500, "HUB_FAULT", "The hub failed on this request; its log says more");
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
	if (problem.status === 401) reply.header("www-authenticate", 'Bearer realm="kassahub"');
	if (problem.status === 503) reply.header("retry-after", "5");
	return reply.code(problem.status).type(MEDIA_TYPE).send(JSON.stringify(problem.body()));
}

export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	const problem = problemFrom(error);
	if (problem.status >= 500)
		request.log.error({ err: error, code: problem.code, route: request.routeOptions.url }, "request failed");
	return sendProblem(reply, problem);
}

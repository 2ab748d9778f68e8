import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Convert, Default } from "typebox/value";
import { schemaReasons } from "../intake/reasons.ts";
import { Problem } from "./problem.ts";

type SchemaErrors = Parameters<typeof schemaReasons>[0];

/** What is wrong with a request, field by field. */
export function invalid(errors: SchemaErrors, code: ErrorCode): Problem {
	const reasons = schemaReasons(errors).map((reason) => ({ ...reason, code }));
	return new Problem(400, code, reasons.map(({ message }) => message).join("; "), { reasons });
}

/** Checks a part of a request by its contract. Text in paths and queries is read as the number it stands for. */
export const checkByContract: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
	const validator = Compile(schema);
	const isBody = httpPart === "body";
	return (given) => {
		const value = isBody ? given : Convert(schema, Default(schema, given));
		if (validator.Check(value)) return { value };
		return { error: invalid(validator.Errors(value), isBody ? "FIELD_INVALID" : "PARAMETER_INVALID") };
	};
};

/** The same for a scope whose bodies go to intake as they came: the bytes are checked there, once. */
export const checkAllButBody: FastifySchemaCompiler<TSchema> = (part) =>
	part.httpPart === "body" ? (value) => ({ value }) : checkByContract(part);

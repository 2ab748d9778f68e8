import { type ErrorCode, errors } from "@kassahub/contracts/errors.ts";
import type { Reason } from "@kassahub/contracts/reason.ts";
import { maskCardNumbers } from "./card-numbers.ts";

/** A message may be wrong in a thousand places; this many tell the sender enough. */
export const REASONS_MAX = 20;
const FIELD_LENGTH_MAX = 120;

/** A reason in the words of the error table. `message` says what is wrong here, where that says more. */
export const reasonFor = (code: ErrorCode, field: string, message?: string): Reason => ({
	field,
	code,
	message: message ?? errors[code].cause,
	remedy: errors[code].remedyEn,
});

type SchemaError = { instancePath: string; keyword: string; message: string; params: object };

/** The schema's errors, one a field; a missing or unknown field is named by its own pointer. */
export function schemaReasons(schemaErrors: readonly SchemaError[]): Reason[] {
	const reasons = new Map<string, Reason>();
	for (const error of schemaErrors) {
		for (const field of fieldsOf(error)) {
			if (reasons.size >= REASONS_MAX) return [...reasons.values()];
			if (!reasons.has(field))
				reasons.set(field, reasonFor("FIELD_INVALID", field, `${field || "the message"} ${wordsFor(error)}`));
		}
	}
	return [...reasons.values()];
}

function fieldsOf({ instancePath, keyword, params }: SchemaError): string[] {
	// The schema `false` behind an unknown field says nothing that additionalProperties does not.
	if (keyword === "boolean") return [];
	const { requiredProperties, additionalProperties } = params as Record<string, unknown>;
	const names =
		keyword === "required" ? requiredProperties : keyword === "additionalProperties" ? additionalProperties : [];
	const pointers =
		Array.isArray(names) && names.length > 0 ? names.map((name) => `${instancePath}/${escaped(name)}`) : [instancePath];
	// Names are the sender's own words: short and without card numbers, as they travel on in the rejection.
	return pointers.map((pointer) => maskCardNumbers(pointer.slice(0, FIELD_LENGTH_MAX)));
}

const escaped = (name: unknown): string => String(name).replaceAll("~", "~0").replaceAll("/", "~1");

function wordsFor({ keyword, message, params }: SchemaError): string {
	if (keyword === "required") return "is missing";
	if (keyword === "additionalProperties") return "is not a field of this message";
	if (keyword === "enum") return `must be one of ${(params as { allowedValues: unknown[] }).allowedValues.join(", ")}`;
	return message;
}

import { type Static, Type } from "typebox";
import { Reason } from "./reason.ts";

/** What every refused request is answered with (RFC 9457, application/problem+json). */
export const Problem = Type.Object({
	type: Type.String({ description: "urn:kassahub:error:<code>" }),
	title: Type.String({ description: "The code's sentence" }),
	status: Type.Integer({ minimum: 400, maximum: 599 }),
	code: Type.String({ description: "Stable, from the table of error codes" }),
	detail: Type.String({ description: "What is wrong with this request" }),
	remedy: Type.String({ description: "What to do about it" }),
	reasons: Type.Optional(Type.Array(Reason, { description: "Field by field" })),
	id: Type.Optional(
		Type.Union([Type.String(), Type.Null()], { description: "Of an event that could not be booked: its id" }),
	),
	quarantine: Type.Optional(
		Type.Integer({ minimum: 1, description: "Of an event that could not be booked: where it is kept" }),
	),
});
export type Problem = Static<typeof Problem>;

export const problemExample: Problem = {
	type: "urn:kassahub:error:SALE_TOTAL_WRONG",
	title: "A sale's total is wrong.",
	status: 422,
	code: "SALE_TOTAL_WRONG",
	detail: "/total is 375 cents, expected 374 (the sum of the lines)",
	remedy: "Send 374, or correct the fields it is computed from",
	reasons: [
		{
			field: "/total",
			code: "SALE_TOTAL_WRONG",
			message: "/total is 375 cents, expected 374 (the sum of the lines)",
			remedy: "Send 374, or correct the fields it is computed from",
		},
	],
	id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a10",
	quarantine: 3,
};

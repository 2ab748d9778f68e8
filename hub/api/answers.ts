import { Booking } from "@kassahub/contracts/booking.ts";
import { Problem } from "@kassahub/contracts/problem.ts";
import { type TSchema, Type } from "typebox";

const refused = (description: string) => ({
	description,
	content: { "application/problem+json": { schema: Problem } },
});

const given = <T extends TSchema>(description: string, schema: T) => ({
	description,
	content: { "application/json": { schema } },
});

/** The answers of a route: what it gives where all is well, and the problems it may give instead. */
export const answers = <T extends Record<number, TSchema | { content: object }>>(good: T) => ({
	...good,
	"4xx": refused("Refused: the code says why, the remedy what to do"),
	"5xx": refused("Not now: the same request may be sent again"),
});

/** The answers of a route that books an event. */
export const bookingAnswers = answers({
	201: given("Booked, and on disk", Booking),
	200: given("Booked before: the first booking; nothing was booked again", Booking),
});

export const Nothing = Type.Null({ description: "Done" });

import { type Static, Type } from "typebox";

/** Why something was refused: the field, a stable code, a sentence and what to do about it. */
export const Reason = Type.Object({
	field: Type.String({ description: "JSON pointer into the message, empty for the whole" }),
	code: Type.String({ description: "Stable, from the table of error codes" }),
	message: Type.String(),
	remedy: Type.String(),
});
export type Reason = Static<typeof Reason>;

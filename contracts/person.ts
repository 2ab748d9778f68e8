import { type Static, Type } from "typebox";
import { ClientName, Timestamp } from "./fields.ts";
import { Role } from "./role.ts";

/** Somebody who works in the shop or for it, as those who may see people see them: never a secret. */
export const Person = Type.Object({
	name: ClientName,
	title: Type.String({ minLength: 1, maxLength: 48, description: "As colleagues call them; shown on screens" }),
	role: Role,
	hasPassphrase: Type.Boolean(),
	hasPin: Type.Boolean(),
	hasBadge: Type.Boolean(),
	addedAt: Timestamp,
});
export type Person = Static<typeof Person>;

export const Passphrase = Type.String({
	minLength: 12,
	maxLength: 256,
	description: "At least twelve characters; a sentence is easier to remember and harder to guess than a word",
});

/** NIST SP 800-63B §5.1.1: what is short must be rare to try; a register tries a PIN three times, then waits. */
export const Pin = Type.String({ pattern: "^[0-9]{4,8}$", description: "Four to eight digits, for registers only" });

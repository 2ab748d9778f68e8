import { type Static, Type } from "typebox";
import { ClientName, Timestamp } from "./fields.ts";
import { Pin } from "./person.ts";
import { Role } from "./role.ts";

/** A person signs in on the console. */
export const SignIn = Type.Object(
	{ name: ClientName, passphrase: Type.String({ minLength: 1, maxLength: 256 }) },
	{ additionalProperties: false },
);

/** A person signs in on a register: by name and PIN, or by a badge that its NFC reader read. */
export const RegisterSignIn = Type.Union([
	Type.Object({ name: ClientName, pin: Pin }, { additionalProperties: false }),
	Type.Object(
		{ badge: Type.String({ pattern: "^([0-9a-fA-F]{2}){4,10}$", description: "UID in hexadecimal" }) },
		{ additionalProperties: false },
	),
]);

/** Who is signed in, and what they may do. */
export const Session = Type.Object({
	name: ClientName,
	title: Type.String(),
	role: Role,
	rights: Type.Array(Type.String({ description: "Of the table in docs/access.md" })),
	endsAt: Timestamp,
});
export type Session = Static<typeof Session>;

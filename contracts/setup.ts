import { type Static, Type } from "typebox";
import { Passphrase, Person, Pin } from "./person.ts";

/** Whether the box still waits for its owner. */
export const SetupState = Type.Object({
	isOpen: Type.Boolean({ description: "Nobody owns the box yet, and it was switched on within the last half hour" }),
	isClaimed: Type.Boolean(),
	shop: Type.Object({ name: Type.String(), language: Type.Enum(["nl", "en"]) }),
});
export type SetupState = Static<typeof SetupState>;

/** The first owner claims the box: the shop's name and language, and how they sign in. */
export const Claim = Type.Object(
	{
		shopName: Type.String({ minLength: 1, maxLength: 48 }),
		language: Type.Enum(["nl", "en"]),
		owner: Type.Object(
			{ title: Person.properties.title, passphrase: Passphrase, pin: Type.Optional(Pin) },
			{ additionalProperties: false },
		),
	},
	{ additionalProperties: false },
);
export type Claim = Static<typeof Claim>;

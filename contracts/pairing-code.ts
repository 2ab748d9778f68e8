import { type Static, Type } from "typebox";
import { PairingKind } from "./credentials.ts";
import { ClientName, Timestamp } from "./fields.ts";

/** Six digits that are typed or scanned on the device that is to be paired, once and within minutes. */
export const Code = Type.String({ pattern: "^[0-9]{6}$" });

export const PairingCode = Type.Object({
	code: Code,
	kind: PairingKind,
	name: ClientName,
	expiresAt: Timestamp,
	link: Type.Optional(Type.String({ description: "To scan on what has a screen: opens its page with the code" })),
});
export type PairingCode = Static<typeof PairingCode>;

export const CodeRedemption = Type.Object({ code: Code }, { additionalProperties: false });

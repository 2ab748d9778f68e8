import { type Static, Type } from "typebox";
import { ClientName } from "./fields.ts";

/** What pairing hands out, once: the first three for MQTT, `token` as bearer token for REST. */
export const Credentials = Type.Object({
	clientId: Type.String(),
	username: Type.String(),
	password: Type.String(),
	token: Type.String(),
});
export type Credentials = Static<typeof Credentials>;

export const PairingKind = Type.Enum(["register", "sensor", "technician"]);
export type PairingKind = Static<typeof PairingKind>;

export const PairingRequest = Type.Object({ kind: PairingKind, name: ClientName }, { additionalProperties: false });
export type PairingRequest = Static<typeof PairingRequest>;

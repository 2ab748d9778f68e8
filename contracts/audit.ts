import { type Static, Type } from "typebox";
import { ContractVersion, EventId, Timestamp } from "./fields.ts";

export const AuditAction = Type.Enum([
	"signed-in",
	"sign-in-refused",
	"signed-out",
	"person-added",
	"person-changed",
	"person-removed",
	"secret-changed",
	"paired",
	"pairing-ended",
	"quarantine-replayed",
	"journal-rebuilt",
	"products-imported",
	"device-changed",
	"device-removed",
	"shop-changed",
	"backed-up",
	"backup-failed",
	"restored",
	"alert-acknowledged",
]);
export type AuditAction = Static<typeof AuditAction>;

/** Who did what in the shop's system, as the journal keeps it: never a secret, nor what was typed in vain. */
export const AuditEntry = Type.Object(
	{
		v: ContractVersion,
		id: EventId,
		at: Timestamp,
		who: Type.String({ maxLength: 64, description: "person:anja, technician:console, register:kassa-1, hub" }),
		action: AuditAction,
		about: Type.Optional(Type.String({ maxLength: 64, description: "Whom or what it was done to" })),
		detail: Type.Optional(Type.String({ maxLength: 200 })),
		after: Type.Optional(
			Type.Integer({
				minimum: 0,
				description:
					"Of `restored`: the last number in the backup. This entry opens a new epoch, numbered far beyond it",
			}),
		),
	},
	{ additionalProperties: false },
);
export type AuditEntry = Static<typeof AuditEntry>;

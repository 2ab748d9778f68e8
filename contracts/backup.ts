import { type Static, Type } from "typebox";
import { Timestamp } from "./fields.ts";

/** One try to make a backup, and what came of it. */
export const BackupResult = Type.Object({
	at: Timestamp,
	file: Type.String(),
	by: Type.String({ description: "Who asked for it: person:anja, technician:hub, schedule" }),
	status: Type.Enum(["made", "failed"]),
	bytes: Type.Optional(Type.Integer({ minimum: 0 })),
	journal: Type.Optional(Type.Integer({ minimum: 0, description: "The last journal number in it" })),
	code: Type.Optional(Type.String()),
	detail: Type.Optional(Type.String()),
});
export type BackupResult = Static<typeof BackupResult>;

export const BackupState = Type.Object({
	folder: Type.Optional(Type.String({ description: "Where devices.yaml has a backup put every day" })),
	running: Type.Optional(
		Type.Object({
			since: Timestamp,
			file: Type.String(),
			percent: Type.Integer({
				minimum: 0,
				maximum: 100,
				description: "Of the journal that is copied; 100 while it is packed",
			}),
			bytes: Type.Integer({ minimum: 0, description: "Written so far" }),
		}),
	),
	last: Type.Optional(BackupResult),
	lastGood: Type.Optional(
		Type.Unsafe<BackupResult>({ ...BackupResult, description: "The last good one in the folder" }),
	),
});
export type BackupState = Static<typeof BackupState>;

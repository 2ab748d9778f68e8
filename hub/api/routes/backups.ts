import { BackupState } from "@kassahub/contracts/backup.ts";
import { Type } from "typebox";
import { BackupRefused } from "../../backup/backups.ts";
import { answers } from "../answers.ts";
import { type Caller, callerOf, sourceOf } from "../caller.ts";
import type { App, Parts } from "../parts.ts";
import { Problem } from "../problem.ts";

const tags = ["backups"];

/** The hub's own account, with which the command line comes in: whoever can read its token may write files as the hub may. */
const isCommandLine = ({ kind, name }: Caller): boolean => kind === "technician" && name === "hub";

export function backupRoutes(app: App, { backups }: Pick<Parts, "backups">): void {
	app.get(
		"/backups",
		{
			schema: {
				tags,
				summary: "The backup under way, and what came of the last one",
				response: answers({ 200: BackupState }),
			},
		},
		async () => backups.state(),
	);

	app.post(
		"/backups",
		{
			schema: {
				tags,
				summary: "Begin a backup, into the folder that devices.yaml names",
				description:
					"The answer comes at once; GET /backups says how it goes on. Only the command line on this machine may name another file.",
				body: Type.Object(
					{
						to: Type.Optional(Type.String({ pattern: "^/" })),
						recipient: Type.Optional(Type.String()),
						passphraseFile: Type.Optional(Type.String({ pattern: "^/" })),
					},
					{ additionalProperties: false },
				),
				response: answers({ 202: BackupState }),
			},
		},
		async (request, reply) => {
			const caller = callerOf(request);
			const { to, ...key } = request.body;
			const by = sourceOf(caller);
			if (to !== undefined && !isCommandLine(caller)) {
				throw new Problem(403, "NOT_ALLOWED", `${caller.name} may not say where a backup goes; devices.yaml does`);
			}
			try {
				// Its result is told by GET, the log and the audit log.
				void (to === undefined ? backups.beginInFolder(by) : backups.beginTo(by, to, key));
			} catch (error) {
				if (!(error instanceof BackupRefused)) throw error;
				throw new Problem(409, error.code, error.message);
			}
			reply.code(202);
			return backups.state();
		},
	);
}

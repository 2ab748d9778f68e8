export type BackupFailure = "BACKUP_FOLDER_MISSING" | "BACKUP_FAILED";
/** No backup was made, and why; an older one in the same place is as it was. */
export class BackupFailed extends Error {
	readonly code: BackupFailure;
	constructor(code: BackupFailure, message: string, cause?: unknown) {
		super(message, { cause });
		this.name = "BackupFailed";
		this.code = code;
	}
}

/** The archive is not whole, not ours, or does not open with what was given. Nothing was changed. */
export class ArchiveUnreadable extends Error {}

/** Why nothing was restored; nothing that was there was changed. */
export class RestoreRefused extends Error {}

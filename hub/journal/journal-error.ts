export type JournalErrorCode = "JOURNAL_DISK_FULL" | "JOURNAL_UNWRITABLE";

/** Nothing could be made durable: whoever waits for a PUBACK must not get one. */
export class JournalError extends Error {
	readonly code: JournalErrorCode;
	constructor(code: JournalErrorCode, cause: unknown) {
		super(`${code}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
		this.name = "JournalError";
		this.code = code;
	}
}

// https://sqlite.org/rescode.html; the low byte is the primary result code.
const SQLITE_FULL = 13;

/** Names why SQLite could not write. What is no error of SQLite is our own bug and stays what it is. */
export function journalErrorFrom(error: unknown): unknown {
	const { errcode } = error as { errcode?: number };
	if (errcode === undefined) return error;
	return new JournalError((errcode & 0xff) === SQLITE_FULL ? "JOURNAL_DISK_FULL" : "JOURNAL_UNWRITABLE", error);
}

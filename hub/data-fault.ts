/** https://sqlite.org/rescode.html, by the words that also cross from a thread of their own. */
const DAMAGED = /file is not a database|database disk image is malformed/;
const UNWRITABLE = /^(EROFS|EACCES|EPERM)\b|readonly database|unable to open database file/;

/** Says of what keeps a hub from opening its data folder what a person can do about it; any other error as it is. */
export function dataFaultFrom(error: unknown, dataDir: string): unknown {
	if (!(error instanceof Error)) return error;
	const { message: cause } = error;
	if (DAMAGED.test(cause)) {
		return new Error(
			`The books in ${dataDir} are damaged (${cause}). Nothing was changed. Put back the last backup: npm run -s kassahub -- restore <file> (docs/operations.md, "Back up and restore"). Registers keep their sales until then.`,
			{ cause: error },
		);
	}
	if (!UNWRITABLE.test(cause)) return error;
	return new Error(
		`The data folder ${dataDir} cannot be written (${cause}). Nothing was changed. A worn SD card or stick makes itself read-only: replace it and put back the last backup (npm run -s kassahub -- restore <file>; docs/operations.md), or set KASSAHUB_DATA to a folder that this user may write.`,
		{ cause: error },
	);
}

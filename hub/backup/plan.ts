/** What locks a backup: an age recipient, or a passphrase. */
export type Lock = { recipient: string } | { passphrase: string };

export type BackupPlan = {
	dataDir: string;
	configFile: string;
	/** The shop's id. */
	shop: string;
	at: string;
	/** Where the backup is put; its folder must exist. */
	to: string;
	lock: Lock;
};

/** Pages of the journal that are copied, and bytes that are written. */
export type Progress = { copied: number; pages: number; bytes: number };

/** Bytes of the file, and the last journal number in it. */
export type Made = { bytes: number; journal: number };

/** In the data folder: the copy of the journal, for as long as it takes to pack it. */
export const STAGING = "backup.new";

import { existsSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { exportJournal } from "../journal/export.ts";
import { verifyJournal } from "../journal/verify.ts";
import { type CliCommand, CliFault, print, say } from "./command.ts";
import { dataDir, withBooks } from "./data.ts";
import { RunningHub } from "./running-hub.ts";

function journalFile(): string {
	const file = join(dataDir(), "journal.db");
	if (!existsSync(file))
		throw new CliFault(`There is no journal at ${file}. Set KASSAHUB_DATA to the hub's data folder.`);
	return file;
}

export const journalVerify: CliCommand = {
	words: "journal verify",
	summary: "Check every entry's number, hash and seal, and name the rows that were changed, are missing or inserted",
	async run() {
		const verification = verifyJournal(journalFile());
		const { entries, faults } = verification;
		for (const { number, through, fault, detail } of faults) {
			say(`${through && through !== number ? `${number}-${through}` : number} ${fault}: ${detail}`);
		}
		say(faults.length === 0 ? `The journal is whole: ${entries} entries.` : "The journal is not as the hub wrote it.");
		print(verification);
		return faults.length === 0 ? 0 : 1;
	},
};

export const journalExport: CliCommand = {
	words: "journal export",
	summary: "Print the journal as one line of JSON an entry",
	options: { after: { type: "string", value: "N", description: "Only the entries after this number" } },
	async run({ options }) {
		const after = Number(options.after ?? 0);
		if (!Number.isSafeInteger(after) || after < 0)
			throw new CliFault(`--after is "${options.after}", no journal number.`);
		try {
			await pipeline(Readable.from(exportJournal(journalFile(), after)), process.stdout, { end: false });
		} catch (error) {
			// Whoever read us has seen enough: `kassahub journal export | head`.
			if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
		}
		return 0;
	},
};

export const journalRebuild: CliCommand = {
	words: "journal rebuild",
	summary: "Fold stock, drawers, turnover and catalogue anew from the journal, and compare with what the hub has",
	async run() {
		const hub = await RunningHub.find();
		const rebuilt = hub
			? await hub.ask<{ entries: number; same: boolean }>("POST", "/journal/rebuild")
			: await withBooks((books) => books.rebuild());
		say(rebuilt.same ? "The same." : "Not the same: restart the hub, and keep a copy of the data folder to look into.");
		print(rebuilt);
		return rebuilt.same ? 0 : 1;
	},
};

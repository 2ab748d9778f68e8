import { join } from "node:path";
import type { Logger } from "pino";
import type { Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import { openPglite } from "./pglite.ts";
import { openPostgres } from "./postgres.ts";

/** The books' database, ready for use: the server at `url`, or the embedded one under `dataDir` where there is none. */
export async function openStore(options: { url: string | undefined; dataDir: string; log: Logger }): Promise<Database> {
	const database = options.url
		? await openPostgres(options.url, options.log)
		: await openPglite(join(options.dataDir, "books"));
	await migrate(database);
	return database;
}

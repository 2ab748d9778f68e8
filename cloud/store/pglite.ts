import { mkdirSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import { DATE, type Database, INT8, type Queries, type Row } from "./database.ts";

/** PostgreSQL in this process, its files in `directory`: nothing to install for a shop that has no server. */
export async function openPglite(directory: string): Promise<Database> {
	mkdirSync(directory, { recursive: true });
	const pglite = await PGlite.create({
		dataDir: directory,
		parsers: { [INT8]: Number, [DATE]: (text) => text },
	});
	const ask = (on: Pick<PGlite, "query">): Queries["query"] => {
		return async <T extends Row>(sql: string, parameters: readonly unknown[] = []) =>
			(await on.query<T>(sql, [...parameters])).rows;
	};
	return {
		query: ask(pglite),
		run: async (sql) => {
			await pglite.exec(sql);
		},
		transaction: (work) => pglite.transaction((transaction) => work({ query: ask(transaction) })),
		close: () => pglite.close(),
	};
}

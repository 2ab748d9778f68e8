import { Pool, type PoolClient, types } from "pg";
import type { Logger } from "pino";
import { DATE, type Database, INT8, type Queries, type Row } from "./database.ts";

const CONNECTIONS_MAX = 8;
const CONNECT_WITHIN_MS = 10_000;

const parsers = new Map<number, (text: string) => unknown>([
	[INT8, Number],
	[DATE, (text) => text],
]);

/** A PostgreSQL server, by its URL. Statements are prepared once a connection. */
export async function openPostgres(url: string, log: Logger): Promise<Database> {
	const pool = new Pool({
		connectionString: url,
		max: CONNECTIONS_MAX,
		connectionTimeoutMillis: CONNECT_WITHIN_MS,
		types: {
			getTypeParser: ((oid: number, format?: "text") => parsers.get(oid) ?? types.getTypeParser(oid, format)) as never,
		},
	});
	// A connection that breaks while idle is replaced by the pool; the query that meets it is told by itself.
	pool.on("error", (error) => log.warn({ reason: error.message }, "a database connection was lost"));
	const ask = (on: Pool | PoolClient): Queries["query"] => {
		return async <T extends Row>(sql: string, parameters: readonly unknown[] = []) =>
			(await on.query<T>({ name: nameOf(sql), text: sql, values: [...parameters] })).rows;
	};
	return {
		query: ask(pool),
		run: async (sql) => {
			await pool.query(sql);
		},
		transaction: async (work) => {
			const client = await pool.connect();
			let broken: Error | undefined;
			try {
				await client.query("begin");
				const result = await work({ query: ask(client) });
				await client.query("commit");
				return result;
			} catch (error) {
				await client.query("rollback").catch((failure: Error) => {
					broken = failure;
				});
				throw error;
			} finally {
				client.release(broken);
			}
		},
		close: () => pool.end(),
	};
}

const names = new Map<string, string>();

/** A prepared statement's name. The statements are the fixed texts of this program, so this map stays small. */
function nameOf(sql: string): string {
	let name = names.get(sql);
	if (!name) {
		name = `q${names.size}`;
		names.set(sql, name);
	}
	return name;
}

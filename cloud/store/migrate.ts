import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "./database.ts";

const folder = join(import.meta.dirname, "migrations");
/** Keeps two back offices that start at once on one server from migrating together; any number that is only ours. */
const LOCK = 4_711_090;

/** Brings the tables to this version: runs each numbered file that was not run before, in order, each whole or not at all. */
export async function migrate(database: Database): Promise<void> {
	await database.run("create table if not exists migrations (name text primary key)");
	for (const name of readdirSync(folder).sort()) {
		const sql = readFileSync(join(folder, name), "utf8");
		await database.transaction(async (queries) => {
			await queries.query("select pg_advisory_xact_lock($1)", [LOCK]);
			const known = await queries.query("select name from migrations where name = $1", [name]);
			if (known.length > 0) return;
			for (const statement of statementsOf(sql)) await queries.query(statement);
			await queries.query("insert into migrations (name) values ($1)", [name]);
		});
	}
}

/** The statements of a migration file: each ends in a semicolon at the end of a line. */
const statementsOf = (sql: string): string[] =>
	sql
		.split(/;\n/)
		.map((statement) => statement.trim())
		.filter((statement) => statement !== "");

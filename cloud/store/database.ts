export type Row = Record<string, unknown>;

/** Where SQL can be asked. Integers come as numbers, dates as text, json parsed. */
export type Queries = {
	query<T extends Row = Row>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
};

/** PostgreSQL, embedded or as a server: one dialect, and this is all that the back office asks of it. */
export type Database = Queries & {
	/** Runs several statements without parameters. */
	run(sql: string): Promise<void>;
	/** Commits when `work` resolves, rolls back when it throws. */
	transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
	close(): Promise<void>;
};

/** PostgreSQL's type numbers of int8 and date, which its drivers don't give as plain values by default. */
export const INT8 = 20;
export const DATE = 1082;

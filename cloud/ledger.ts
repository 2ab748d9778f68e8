import { GENESIS_HASH } from "@kassahub/contracts/journal-entry.ts";
import type { Acknowledgement, BatchHeader } from "@kassahub/contracts/relay-batch.ts";
import type { Batch } from "./batch.ts";
import { ProductChanges } from "./books/products.ts";
import { StockChanges } from "./books/stock.ts";
import { TurnoverChanges } from "./books/turnover.ts";
import { type Entry, epochOf, type Head, type Verdict, verifyChain } from "./chain.ts";
import type { Database, Queries } from "./store/database.ts";

/** Every key begins with it; one back office serves one tenant for now. */
export const TENANT = "default";

export type Booked = { acknowledgement: Acknowledgement; stored: number };

/** The journals of all boxes and the figures folded from them: a batch is in both, or in neither. */
export class Ledger {
	readonly #database: Database;
	readonly #now: () => Date;

	constructor(database: Database, now: () => Date) {
		this.#database = database;
		this.#now = now;
	}

	/**
	 * Stores what of the batch follows the box's head, in one transaction, and says how far the box now is.
	 * Rows that are there already are compared and passed over; what does not follow is refused in the acknowledgement.
	 * Throws where the database fails: then nothing was stored.
	 */
	book({ header, lines }: Batch): Promise<Booked> {
		return this.#database.transaction(async (queries) => {
			const head = await this.#lockHead(queries, header);
			const isBeyond = header.first > head.number + 1;
			const after = isBeyond ? epochOf(lines[0]) : undefined;
			if (isBeyond && (after === undefined || after > head.number))
				return { acknowledgement: this.#say(header.box, head, { gap: true }), stored: 0 };
			const hashes = await readHashes(queries, header, after);
			const end = await endBefore(queries, header, head, hashes);
			const { entries, refusal } = verifyChain(header.box, header.first, lines, end, (number) => hashes.get(number));
			const last = entries.at(-1);
			const reached = last && last.number > head.number ? { number: last.number, hash: last.hash } : head;
			if (entries.length > 0) await store(queries, header, entries);
			await queries.query(moveHead, [
				TENANT,
				header.shop,
				header.box,
				reached.number,
				reached.hash,
				this.#now().toISOString(),
			]);
			return {
				acknowledgement: this.#say(header.box, reached, refusal && { refused: refusal }),
				stored: entries.length,
			};
		});
	}

	/** How far every box is, to be said again after a start. */
	async heads(): Promise<{ shop: string; acknowledgement: Acknowledgement }[]> {
		const rows = await this.#database.query<{ shop: string; box: string } & Head>(
			"select shop, box, number, hash from boxes where tenant = $1",
			[TENANT],
		);
		return rows.map(({ shop, box, ...head }) => ({ shop, acknowledgement: this.#say(box, head) }));
	}

	/** How far a box is, with the reason why its batch could not be read or stored. */
	async refuse(shop: string, box: string, detail: string): Promise<Acknowledgement> {
		const [head] = await this.#database.query<Head>(readHead, [TENANT, shop, box]);
		const refused = { code: "BATCH_INVALID", number: (head?.number ?? 0) + 1, detail };
		return this.#say(box, head ?? { number: 0, hash: GENESIS_HASH }, { refused });
	}

	/** The box's head, kept for this transaction alone: two intakes may hear the same shop. */
	async #lockHead(queries: Queries, { shop, shopName, box }: BatchHeader): Promise<Head> {
		// The shop's row is held too, so that two boxes of one shop can't book the same id at the same time.
		await queries.query(keepShop, [TENANT, shop, shopName]);
		await queries.query(keepBox, [TENANT, shop, box, GENESIS_HASH, this.#now().toISOString()]);
		const [head] = await queries.query<Head>(`${readHead} for update`, [TENANT, shop, box]);
		if (!head) throw new Error(`box ${box} of shop ${shop} vanished while it was written`);
		return { number: head.number, hash: head.hash };
	}

	#say(box: string, head: Head, extra: Pick<Acknowledgement, "gap" | "refused"> = {}): Acknowledgement {
		return { v: 1, box, number: head.number, hash: head.hash, at: this.#now().toISOString(), ...extra };
	}
}

/** The hashes the books hold for the rows that the batch brings again, or for the row from which its epoch goes on. */
async function readHashes(queries: Queries, header: BatchHeader, after?: number): Promise<Map<number, string>> {
	const { first, last } = after === undefined ? header : { first: after, last: after };
	const rows = await queries.query<Head>(
		"select number, hash from events where tenant = $1 and shop = $2 and box = $3 and number between $4 and $5",
		[TENANT, header.shop, header.box, first, last],
	);
	return new Map(rows.map(({ number, hash }) => [number, hash]));
}

/**
 * Where the rows before a batch's end stop: the box's head, but for rows that a box which was lost had sent and that
 * come after those of its restored successor. They belong to the epoch before, and are not to be lost either.
 */
async function endBefore(
	queries: Queries,
	{ shop, box, first, last }: BatchHeader,
	head: Head,
	hashes: Map<number, string>,
): Promise<Head> {
	if (last >= head.number || hashes.has(last)) return head;
	const [end] = await queries.query<Head>(
		"select number, hash from events where tenant = $1 and shop = $2 and box = $3 and number < $4 order by number desc limit 1",
		[TENANT, shop, box, last],
	);
	return end !== undefined && end.number + 1 >= first ? end : head;
}

async function store(queries: Queries, header: BatchHeader, entries: Verdict["entries"]): Promise<void> {
	const { shop, box } = header;
	const known = await queries.query<{ id: string }>(knownIds, [TENANT, shop, entries.map(({ id }) => id)]);
	const again = new Set(known.map(({ id }) => id));
	const fresh: Entry[] = [];
	const rows = entries.map((entry) => {
		const isFresh = !again.has(entry.id);
		again.add(entry.id);
		if (isFresh) fresh.push(entry);
		const { number, id, kind, source, at, clock, canonical, hash } = entry;
		const soldAt = entry.kind === "sale" ? entry.payload.at : undefined;
		// The payload goes as a text inside the text: PostgreSQL keeps escapes such as \u0000 in json, but can't unescape them.
		return { number, id, kind, source, at, clock, payload: canonical, hash, sold_at: soldAt, in_books: isFresh };
	});
	await queries.query(insertEvents, [TENANT, shop, box, JSON.stringify(rows)]);
	await fold(queries, shop, fresh);
}

/** Adds entries to the figures, in their order: the same rules by which the shop's own hub folds them. */
async function fold(queries: Queries, shop: string, entries: readonly Entry[]): Promise<void> {
	const sold = new Set<string>();
	for (const entry of entries) {
		if (entry.kind === "sale") for (const line of entry.payload.lines) sold.add(line.sku);
	}
	const products = await ProductChanges.read(queries, TENANT, shop, sold);
	const turnover = new TurnoverChanges();
	const stock = new StockChanges();
	for (const entry of entries) {
		if (entry.kind === "product") products.set(entry.payload);
		else if (entry.kind === "stock") stock.move(entry.payload);
		else if (entry.kind === "sale") {
			turnover.add(entry.payload, products.groupOf);
			for (const line of entry.payload.lines) stock.sell(line);
		}
	}
	await products.write(queries, TENANT, shop);
	await turnover.write(queries, TENANT, shop);
	await stock.write(queries, TENANT, shop);
}

const keepShop = `
	insert into shops (tenant, shop, name) values ($1, $2, $3)
	on conflict (tenant, shop) do update set name = excluded.name`;

const keepBox = `
	insert into boxes (tenant, shop, box, number, hash, heard_at) values ($1, $2, $3, 0, $4, $5)
	on conflict (tenant, shop, box) do nothing`;

const readHead = "select number, hash from boxes where tenant = $1 and shop = $2 and box = $3";

const moveHead = `
	update boxes set number = $4, hash = $5, heard_at = $6 where tenant = $1 and shop = $2 and box = $3`;

/** By lateral join, so that each id is looked up in its index: from `any` a server without statistics read all rows. */
const knownIds = `
	select given.id from unnest($3::uuid[]) as given (id) cross join lateral (
		select from events where tenant = $1 and shop = $2 and id = given.id limit 1
	) as known`;

const insertEvents = `
	insert into events (tenant, shop, box, number, id, kind, source, at, clock, payload, hash, sold_at, in_books)
	select $1, $2, $3::uuid, number, id, kind, source, at, clock, payload::json, hash, sold_at, in_books
	from json_to_recordset($4::json) as e (number bigint, id uuid, kind text, source text, at text, clock text,
		payload text, hash text, sold_at timestamptz, in_books boolean)`;

import type { Product } from "@kassahub/contracts/product.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import type { Shop } from "@kassahub/contracts/shop.ts";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { OutboxItem, OutboxStore } from "./outbox.ts";

/** A sale of this register, with its place in the books once it has one. */
export type KeptSale = { id: string; at: number; sale: Sale; number?: number; hash?: string };

type Schema = DBSchema & {
	outbox: { key: string; value: OutboxItem };
	sales: { key: string; value: KeptSale; indexes: { at: number } };
	products: { key: string; value: Product };
	facts: { key: string; value: number | Shop };
};

const KEEP_MS = 60 * 24 * 3600_000;

/** What a tablet remembers: the outbox, its own sales, the catalogue and the shop. */
export class RegisterStore {
	readonly #database: IDBPDatabase<Schema>;
	readonly outbox: OutboxStore;

	private constructor(database: IDBPDatabase<Schema>) {
		this.#database = database;
		this.outbox = {
			all: () => database.getAll("outbox"),
			put: async (item) => {
				// Strict: the browser answers only after the data is on the flash, not in a cache.
				const transaction = database.transaction(["outbox", "sales"], "readwrite", { durability: "strict" });
				await transaction.objectStore("outbox").put(item);
				if (item.kind === "sale" && !item.rejection) {
					await transaction.objectStore("sales").put({ id: item.id, at: item.queuedAt, sale: item.event });
				}
				await transaction.done;
			},
			delete: (id) => database.delete("outbox", id),
		};
	}

	static async open(register: string): Promise<RegisterStore> {
		const database = await openDB<Schema>(`kassahub-${register}`, 1, {
			upgrade: (fresh) => {
				fresh.createObjectStore("outbox", { keyPath: "id" });
				fresh.createObjectStore("sales", { keyPath: "id" }).createIndex("at", "at");
				fresh.createObjectStore("products", { keyPath: "sku" });
				fresh.createObjectStore("facts");
			},
		});
		const old = database.transaction("sales", "readwrite");
		let cursor = await old.store.index("at").openCursor(IDBKeyRange.upperBound(Date.now() - KEEP_MS));
		while (cursor) {
			await cursor.delete();
			cursor = await cursor.continue();
		}
		await old.done;
		return new RegisterStore(database);
	}

	/** Newest first. */
	async sales(): Promise<KeptSale[]> {
		return (await this.#database.getAllFromIndex("sales", "at")).reverse();
	}

	async keepSales(sales: readonly KeptSale[]): Promise<void> {
		const transaction = this.#database.transaction("sales", "readwrite");
		await Promise.all([...sales.map((sale) => transaction.store.put(sale)), transaction.done]);
	}

	async catalogue(): Promise<{ version: number; products: Product[] }> {
		const version = await this.#database.get("facts", "catalogue");
		return { version: typeof version === "number" ? version : 0, products: await this.#database.getAll("products") };
	}

	/** Keeps changed products; `isWhole` forgets all others. */
	async keepCatalogue(version: number, products: readonly Product[], isWhole: boolean): Promise<void> {
		const transaction = this.#database.transaction(["products", "facts"], "readwrite");
		const kept = transaction.objectStore("products");
		if (isWhole) await kept.clear();
		await Promise.all([
			...products.map((product) => kept.put(product)),
			transaction.objectStore("facts").put(version, "catalogue"),
			transaction.done,
		]);
	}

	async shop(): Promise<Shop | undefined> {
		const shop = await this.#database.get("facts", "shop");
		// One that an older register kept knows of no terminals.
		return typeof shop === "object" ? { ...shop, terminals: shop.terminals ?? [] } : undefined;
	}

	async keepShop(shop: Shop): Promise<void> {
		await this.#database.put("facts", shop, "shop");
	}
}

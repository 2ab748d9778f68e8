import { randomUUID } from "node:crypto";
import { canonicalJson } from "@kassahub/contracts/canonical.ts";
import { type EntryKind, entryLine, GENESIS_HASH, hashEntry } from "@kassahub/contracts/journal-entry.ts";
import { lineTotal } from "@kassahub/contracts/money.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { Sale, SaleLine } from "@kassahub/contracts/sale.ts";
import type { StockMovement } from "@kassahub/contracts/stock-movement.ts";

/** A box's journal for tests, grown entry by entry as a hub would: chained, canonical, numbered from 1. */
export class TestChain {
	readonly box: string;
	readonly lines: string[] = [];
	readonly hashes: string[];
	readonly #first: number;

	constructor(box: string = randomUUID(), previousHash = GENESIS_HASH, first = 1) {
		this.box = box;
		this.hashes = [previousHash];
		this.#first = first;
	}

	/** What the same box appends after its first `after` rows were put back from a backup: an epoch of its own, from `first` on. */
	restore(after: number, first: number): TestChain {
		const epoch = new TestChain(this.box, this.hashes[after], first);
		const at = "2026-11-24T08:00:00.000+01:00";
		epoch.append("audit", { id: randomUUID(), at, who: "hub", action: "restored", after });
		return epoch;
	}

	get head(): { number: number; hash: string } {
		return { number: this.#first + this.lines.length - 1, hash: this.hashes.at(-1) ?? GENESIS_HASH };
	}

	append(kind: EntryKind, payload: object, id: string = randomUUID()): string {
		const { number: previous, hash: previousHash } = this.head;
		const at = "2026-11-23T10:15:00.120+01:00";
		const header = { number: previous + 1, id, kind, source: "register:kassa-1", at, clock: "synchronised" as const };
		const canonical = canonicalJson(payload);
		const hash = hashEntry(this.box, header, canonical, previousHash);
		const line = entryLine(header, canonical, previousHash, hash);
		this.lines.push(line);
		this.hashes.push(hash);
		return line;
	}

	sell(sale: Sale): string {
		return this.append("sale", sale, sale.id);
	}

	product(product: Product): string {
		return this.append("product", product);
	}

	move(movement: Omit<StockMovement, "id" | "at">): string {
		const id = randomUUID();
		return this.append("stock", { id, at: "2026-11-23T09:05:00.000+01:00", ...movement }, id);
	}
}

/** A believable basket; `index` makes each one other than the last, and 200 of them fill an hour. */
export function saleOf(index: number, changes: Partial<Sale> = {}): Sale {
	const lines = [
		{ sku: "4002", name: "Elstar", quantity: 1250 + (index % 7) * 10, unit: "kg", unitPrice: 299, vatRate: 900 },
		{
			sku: "1031",
			name: "Boerenkaas belegen",
			quantity: 412 + (index % 90),
			unit: "kg",
			unitPrice: 1895,
			vatRate: 900,
		},
		{
			sku: "8810",
			name: "Theedoek geruit",
			quantity: 1000 * (1 + (index % 3)),
			unit: "pcs",
			unitPrice: 595,
			vatRate: 2100,
		},
	].map((line): SaleLine => ({ ...line, unit: line.unit as SaleLine["unit"], total: lineTotal(line) }));
	const total = lines.reduce((sum, line) => sum + line.total, 0);
	const hour = String(9 + (Math.floor(index / 200) % 9)).padStart(2, "0");
	const minute = String(Math.floor((index % 200) / 4)).padStart(2, "0");
	return {
		id: randomUUID(),
		register: `kassa-${1 + (index % 3)}`,
		at: `2026-11-23T${hour}:${minute}:00.000+01:00`,
		receiptNumber: String(index + 1),
		employee: "m4",
		lines,
		payments: [{ method: "pin", amount: total, reference: `T${index}` }],
		rounding: 0,
		total,
		...changes,
	};
}

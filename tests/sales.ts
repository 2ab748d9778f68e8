import type { Sale } from "@kassahub/contracts/sale.ts";
import { uuidv7 } from "uuidv7";

/** The design's sample sale, made now by a register. */
export const saleNow = (register: string, changes: Partial<Sale> = {}): Sale => ({
	id: uuidv7(),
	register,
	at: new Date().toISOString(),
	lines: [{ sku: "4002", name: "Elstar", quantity: 1250, unit: "kg", unitPrice: 299, vatRate: 900, total: 374 }],
	payments: [{ method: "cash", amount: 375 }],
	rounding: 1,
	total: 374,
	...changes,
});

export const salesTopic = (register: string): string => `kassahub/registers/${register}/sales`;

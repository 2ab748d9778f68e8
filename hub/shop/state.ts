import { canonicalJson } from "@kassahub/contracts/canonical.ts";
import type { CashMovement } from "@kassahub/contracts/cash-movement.ts";
import type { EntryKind } from "@kassahub/contracts/journal-entry.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import type { StockMovement } from "@kassahub/contracts/stock-movement.ts";
import { type Catalogue, emptyCatalogue, putProduct } from "./catalogue.ts";
import { type Drawers, moveCash, payIntoDrawer } from "./drawers.ts";
import { paymentsNamed } from "./payment-flags.ts";
import { emptyPayments, foldOutcome, foldRequest, type Payments, spendPayments } from "./payments.ts";
import { type Recent, rememberSale } from "./recent.ts";
import { moveStock, type Stock, sellFromStock } from "./stock.ts";
import { countSale, type Days, dayOf } from "./turnover.ts";

/** Everything the hub knows of the shop, folded from the journal and from nothing else. */
export type ShopState = {
	catalogue: Catalogue;
	stock: Stock;
	drawers: Drawers;
	days: Days;
	recent: Recent;
	payments: Payments;
};

/** Goes up when a fold changes its mind: older snapshots are then folded anew. */
export const FOLD_VERSION = 2;

export const emptyState = (): ShopState => ({
	catalogue: emptyCatalogue(),
	stock: new Map(),
	drawers: new Map(),
	days: new Map(),
	recent: new Map(),
	payments: emptyPayments(),
});

/** An entry as the folds see it: the hub's time and number, and the event. */
export type FoldEntry = { number: number; kind: EntryKind; at: string; payload: unknown };

/** What entries changed, by key: for those who watch. */
export type Changes = { skus: Set<string>; registers: Set<string>; days: Set<string>; isCatalogue: boolean };

export const noChanges = (): Changes => ({
	skus: new Set(),
	registers: new Set(),
	days: new Set(),
	isCatalogue: false,
});

/** Folds one entry into the state and notes what it changed. Entries come in order of their number, each once. */
export function applyEntry(state: ShopState, entry: FoldEntry, changes: Changes): void {
	switch (entry.kind) {
		case "sale":
			applySale(state, entry.payload as Sale, entry, changes);
			break;
		case "cash": {
			const movement = entry.payload as CashMovement;
			moveCash(state.drawers, movement);
			changes.registers.add(movement.register);
			break;
		}
		case "stock": {
			const movement = entry.payload as StockMovement;
			moveStock(state.stock, movement, entry);
			changes.skus.add(movement.sku);
			break;
		}
		case "product": {
			const product = entry.payload as Product;
			putProduct(state.catalogue, product, entry.number);
			changes.isCatalogue = true;
			break;
		}
		case "payment":
			foldRequest(state.payments, entry.payload as PaymentRequest, entry.number);
			break;
		case "outcome":
			foldOutcome(state.payments, entry.payload as PaymentOutcome);
			break;
	}
}

function applySale(state: ShopState, sale: Sale, entry: FoldEntry, changes: Changes): void {
	sellFromStock(state.stock, sale, entry);
	for (const line of sale.lines) changes.skus.add(line.sku);
	if (payIntoDrawer(state.drawers, sale)) changes.registers.add(sale.register);
	countSale(state.days, state.catalogue, sale);
	changes.days.add(dayOf(sale.at));
	rememberSale(state.recent, sale.register, entry.number);
	const named = paymentsNamed(sale);
	if (named.length > 0) spendPayments(state.payments, named, entry.number);
}

/** The state as text: canonical, so that two equal states have equal texts. */
export const stateText = (state: ShopState): string => canonicalJson(plain(state));

/** Reads what stateText wrote. */
export function stateFrom(text: string): ShopState {
	return JSON.parse(text, (_, value) => (isMapText(value) ? new Map(value.map) : value));
}

type MapText = { map: [unknown, unknown][] };
const isMapText = (value: unknown): value is MapText =>
	typeof value === "object" && value !== null && Array.isArray((value as MapText).map);

function plain(value: unknown): unknown {
	if (value instanceof Map) {
		const entries = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
		return { map: entries.map(([key, held]) => [key, plain(held)]) };
	}
	if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, plain(held)]));
}

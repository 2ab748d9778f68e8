import type { Sale } from "@kassahub/contracts/sale.ts";
import type { StockLevel } from "@kassahub/contracts/stock-level.ts";
import type { StockMovement } from "@kassahub/contracts/stock-movement.ts";
import type { Catalogue } from "./catalogue.ts";

/** What lies in this shop, in thousandths of the unit. Below zero where more was sold than ever received. */
export type Level = { quantity: number; unit: StockLevel["unit"]; at: string; number: number };
export type Stock = Map<string, Level>;

export type Moment = { at: string; number: number };

export function sellFromStock(stock: Stock, sale: Sale, moment: Moment): void {
	for (const line of sale.lines) {
		const level = levelOf(stock, line.sku, moment);
		level.quantity -= line.quantity;
		level.unit ??= line.unit;
	}
}

export function moveStock(stock: Stock, movement: StockMovement, moment: Moment): void {
	const level = levelOf(stock, movement.sku, moment);
	if (movement.type === "count") level.quantity = 0 + movement.quantity;
	else if (movement.type === "waste") level.quantity -= Math.abs(movement.quantity);
	else level.quantity += movement.quantity;
}

export function stockLevel(stock: Stock, catalogue: Catalogue, sku: string): StockLevel | undefined {
	const level = stock.get(sku);
	if (level === undefined) return undefined;
	const unit = catalogue.products.get(sku)?.product.unit ?? level.unit;
	return {
		sku,
		...(unit ? { unit } : {}),
		here: { quantity: level.quantity, at: level.at, number: level.number },
		elsewhere: [],
	};
}

function levelOf(stock: Stock, sku: string, { at, number }: Moment): Level {
	const level = stock.get(sku);
	if (level === undefined) {
		const fresh: Level = { quantity: 0, unit: undefined, at, number };
		stock.set(sku, fresh);
		return fresh;
	}
	level.at = at;
	level.number = number;
	return level;
}

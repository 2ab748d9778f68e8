import { divideRounded, lineTotal } from "@kassahub/contracts/money.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { Sale, SaleLine } from "@kassahub/contracts/sale.ts";

/** A line before it is sold. `discount` in cents; a refunded line is negative and can't be made larger. */
export type BasketLine = {
	key: string;
	sku: string;
	name: string;
	nameEn?: string;
	quantity: number;
	unit: SaleLine["unit"];
	unitPrice: number;
	vatRate: number;
	discount: number;
	isManualWeight: boolean;
	isRefund: boolean;
};

/** What the customer has on the counter; `refundOf` names the sale that its refunded lines come from. */
export type Basket = { lines: readonly BasketLine[]; refundOf?: string };

export const EMPTY_BASKET: Basket = { lines: [] };
export const PIECE = 1000;
const LINES_MAX = 500;
const NAME_MAX = 80;

export const totalOf = (line: BasketLine): number => lineTotal(line);
export const basketTotal = (basket: Basket): number => basket.lines.reduce((sum, line) => sum + totalOf(line), 0);
/** Pieces counted one by one, anything weighed as one. */
export const itemCount = (basket: Basket): number =>
	basket.lines.reduce((count, line) => count + (line.unit === "pcs" ? Math.abs(line.quantity) / PIECE : 1), 0);

/** Adds a product. Pieces join a line of the same product and price; each weighing is a line of its own. */
export function addProduct(
	basket: Basket,
	product: Product,
	quantity: number,
	key: string,
	isManualWeight = false,
): Basket {
	const same = basket.lines.find(
		(line) =>
			product.unit === "pcs" &&
			line.sku === product.sku &&
			line.unitPrice === product.unitPrice &&
			line.discount === 0 &&
			!line.isRefund,
	);
	if (same) return changeQuantity(basket, same.key, same.quantity + quantity);
	if (basket.lines.length >= LINES_MAX) return basket;
	const line: BasketLine = {
		key,
		sku: product.sku,
		name: product.name,
		...(product.nameEn ? { nameEn: product.nameEn } : {}),
		quantity,
		unit: product.unit,
		unitPrice: product.unitPrice,
		vatRate: product.vatRate,
		discount: 0,
		isManualWeight,
		isRefund: false,
	};
	return { ...basket, lines: [...basket.lines, line] };
}

/** Sets a line's quantity; a discount keeps its share of the price, and 0 takes the line away. */
export function changeQuantity(basket: Basket, key: string, quantity: number): Basket {
	if (quantity <= 0) return removeLine(basket, key);
	return change(basket, key, (line) => ({
		...line,
		quantity,
		discount: shareOf(line.discount, quantity, line.quantity),
	}));
}

export function removeLine(basket: Basket, key: string): Basket {
	const lines = basket.lines.filter((line) => line.key !== key);
	if (lines.length === 0) return EMPTY_BASKET;
	if (lines.some((line) => line.isRefund)) return { ...basket, lines };
	return { lines };
}

/** Takes `cents` off a line, at most its whole price. */
export const discountLine = (basket: Basket, key: string, cents: number): Basket =>
	change(basket, key, (line) => ({
		...line,
		discount: Math.max(0, Math.min(cents, lineTotal({ ...line, discount: 0 }))),
	}));

/** A share of a line's full price, in cents: `percent` 1-100. */
export const percentOff = (line: BasketLine, percent: number): number =>
	divideRounded(lineTotal({ ...line, discount: 0 }) * percent, 100);

const change = (basket: Basket, key: string, edit: (line: BasketLine) => BasketLine): Basket => ({
	...basket,
	lines: basket.lines.map((line) => (line.key === key && !line.isRefund ? edit(line) : line)),
});

/** What of a sale's line has not been refunded yet. */
export type Refundable = { index: number; line: SaleLine; quantity: number; discount: number };

/** The lines of a sale that can still be refunded, given every refund that names it. */
export function refundableLines(sale: Sale, refunds: readonly Sale[]): Refundable[] {
	const returned = new Map<string, { quantity: number; discount: number }>();
	for (const refund of refunds) {
		if (refund.refundOf !== sale.id) continue;
		for (const line of refund.lines) {
			if (line.quantity >= 0) continue;
			const sum = returned.get(kindOf(line)) ?? { quantity: 0, discount: 0 };
			returned.set(kindOf(line), {
				quantity: sum.quantity - line.quantity,
				discount: sum.discount - (line.discount ?? 0),
			});
		}
	}
	return sale.lines.flatMap((line, index) => {
		if (line.quantity <= 0) return [];
		const before = returned.get(kindOf(line));
		const quantity = Math.min(line.quantity, before?.quantity ?? 0);
		const discount =
			quantity === line.quantity ? (line.discount ?? 0) : Math.min(line.discount ?? 0, before?.discount ?? 0);
		if (before) {
			returned.set(kindOf(line), { quantity: before.quantity - quantity, discount: before.discount - discount });
		}
		if (quantity === line.quantity) return [];
		return [{ index, line, quantity: line.quantity - quantity, discount: (line.discount ?? 0) - discount }];
	});
}

/** `amount` × `part` / `whole`, rounded down: the product may be more than a double holds exactly. */
const shareOf = (amount: number, part: number, whole: number): number =>
	Number((BigInt(amount) * BigInt(part)) / BigInt(whole));

const kindOf = (line: SaleLine): string => `${line.sku} ${line.unitPrice} ${line.vatRate}`;

/** A basket that gives back `quantity` of each chosen line; the line's discount is given back in proportion. */
export function refundBasket(
	saleId: string,
	chosen: readonly { refundable: Refundable; quantity: number }[],
	makeKey: () => string,
): Basket {
	const lines = chosen
		.filter(({ quantity }) => quantity > 0)
		.map(({ refundable, quantity }): BasketLine => {
			const { line } = refundable;
			return {
				key: makeKey(),
				sku: line.sku,
				name: line.name,
				quantity: -quantity,
				unit: line.unit,
				unitPrice: line.unitPrice,
				vatRate: line.vatRate,
				discount: 0 - shareOf(refundable.discount, quantity, refundable.quantity),
				isManualWeight: false,
				isRefund: true,
			};
		});
	return lines.length === 0 ? EMPTY_BASKET : { lines, refundOf: saleId };
}

/** A line as it stands in the sale. A weight typed by hand says so on the receipt and in the books. */
export function saleLine(line: BasketLine): SaleLine {
	const mark = line.isManualWeight ? " (handmatig)" : "";
	return {
		sku: line.sku,
		name: `${line.name.slice(0, NAME_MAX - mark.length)}${mark}`,
		quantity: line.quantity,
		unit: line.unit,
		unitPrice: line.unitPrice,
		vatRate: line.vatRate,
		...(line.discount === 0 ? {} : { discount: line.discount }),
		total: totalOf(line),
	};
}

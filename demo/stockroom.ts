import type { Product } from "@kassahub/contracts/product.ts";
import { stockLevel } from "@kassahub/contracts/stock-level.ts";
import { stockMovement } from "@kassahub/contracts/stock-movement.ts";
import { uuidv7 } from "uuidv7";
import type { Random } from "./random.ts";
import type { Register } from "./register.ts";
import { timestamp } from "./till.ts";

const FRESH_GROUPS = ["brood-banket", "groente-fruit", "traiteur"];
/** A delivery brings a product back to this many times the level at which it is ordered. */
const DELIVERED_TIMES = 3;

/** The back of the shop: orders what runs low, receives it, and throws away what is past its best. */
export class Stockroom {
	readonly #register: Register;
	readonly #products: Map<string, Product>;
	readonly #random: Random;
	readonly #levels = new Map<string, number>();
	readonly #ordered = new Set<string>();

	/** `order` is called when a product has come below its reorder level, once until it was received. */
	static async open(
		register: Register,
		products: readonly Product[],
		random: Random,
		order: (product: Product) => void,
	): Promise<Stockroom> {
		const stockroom = new Stockroom(register, products, random);
		await register.listen(stockLevel, ({ sku, here }) => {
			stockroom.#levels.set(sku, here.quantity);
			const product = stockroom.#products.get(sku);
			if (!product?.reorderLevel || here.quantity >= product.reorderLevel || stockroom.#ordered.has(sku)) return;
			stockroom.#ordered.add(sku);
			order(product);
		});
		return stockroom;
	}

	private constructor(register: Register, products: readonly Product[], random: Random) {
		this.#register = register;
		this.#products = new Map(products.map((product) => [product.sku, product]));
		this.#random = random;
	}

	async receive({ sku, reorderLevel = 0, supplier = "supplier" }: Product): Promise<void> {
		const quantity = Math.max(reorderLevel * DELIVERED_TIMES - (this.#levels.get(sku) ?? 0), 1000);
		const reason = `delivery ${supplier}`;
		await this.#book({ sku, type: "receive", quantity: roundUp(quantity, this.#products.get(sku)), reason });
		this.#ordered.delete(sku);
	}

	/** Some fresh product that did not sell. */
	async waste(): Promise<void> {
		const left = [...this.#products.values()].filter(
			({ sku, group }) => FRESH_GROUPS.includes(group) && (this.#levels.get(sku) ?? 0) > 2000,
		);
		if (left.length === 0) return;
		const product = this.#random.pick(left);
		const quantity = product.unit === "kg" ? this.#random.integer(150, 900) : this.#random.integer(1, 2) * 1000;
		await this.#book({ sku: product.sku, type: "waste", quantity, reason: "past its best" });
	}

	async #book(movement: { sku: string; type: "receive" | "waste"; quantity: number; reason: string }): Promise<void> {
		await this.#register.book(stockMovement, { id: uuidv7(), at: timestamp(), ...movement });
	}
}

/** Pieces come whole. */
const roundUp = (quantity: number, product: Product | undefined): number =>
	product?.unit === "pcs" ? Math.ceil(quantity / 1000) * 1000 : quantity;

import type { Product } from "@kassahub/contracts/product.ts";
import type { Random } from "./random.ts";
import type { Rhythm } from "./shop-day.ts";

/** What a customer wants: pieces, or a weight that is still to be put on the scale. Quantity in thousandths. */
export type Wish = { product: Product; quantity: number; discountPercent: number };

/**
 * The lines of rhythm.json are themselves a sample of each basket's lines, so its baskets are thin: two in three hold
 * one line. One basket here joins the lines of this many of them.
 */
const THIN_BASKETS = 3;
/** Invented, as the data's products are not the shop's: how often a line is of a group, and is on offer. */
const GROUP_SHARES: Record<string, number> = {
	"brood-banket": 20,
	kaas: 17,
	"groente-fruit": 17,
	vleeswaren: 11,
	"frisdrank-sap": 7,
	"olijven-antipasti": 6,
	traiteur: 6,
	"conserven-pasta": 6,
	zoet: 5,
	wijn: 4,
	"bier-sterk": 4,
	"noten-zuidvruchten": 4,
	"koffie-thee": 4,
	huishouden: 2,
	keuken: 1,
	cadeau: 1,
};
const OFFER_SHARE = 0.08;
const OFFER_PERCENTS = [10, 20, 25, 35];
/** What one asks of a weighed product costs about this much, in cents: two ounces of ham, a bag of apples. */
const WEIGHED_CENTS_MIN = 150;
const WEIGHED_CENTS_MAX = 650;
const GRAMS_MIN = 50;
const GRAMS_MAX = 2500;
const BAG_SHARE = 0.12;
const BAG_SKU = "11651";

/** Deposits by what the name of a drink says of its package; VAT-free lines of their own. */
const deposits: { drink: RegExp; groups: string[]; sku: string }[] = [
	{ drink: /\bblik\b/, groups: ["bier-sterk", "frisdrank-sap"], sku: "11602" },
	{
		drink: /^(Pils|Weizen|Blond|Dubbel|Tripel|Bokbier|Witbier)/,
		groups: ["bier-sterk", "frisdrank-sap"],
		sku: "11604",
	},
	{ drink: /^(Bronwater plat|Sinaasappelsap|IJsthee)/, groups: ["frisdrank-sap"], sku: "11601" },
];

const drawCount = (random: Random, counts: Record<string, number>): number =>
	Number.parseInt(random.weighted(Object.entries(counts), ([, count]) => count)[0], 10);

/** A customer's basket, drawn from the figures of real trading and this shop's assortment. */
export function drawBasket(random: Random, products: readonly Product[], rhythm: Rhythm): Wish[] {
	let lines = 0;
	for (let basket = 0; basket < THIN_BASKETS; basket++) lines += drawCount(random, rhythm.linesPerBasket);
	const wishes = new Map<string, Wish>();
	for (let line = 0; line < lines; line++) {
		const group = random.weighted(Object.keys(GROUP_SHARES), (name) => GROUP_SHARES[name] ?? 0);
		const shelf = products.filter((product) => product.group === group);
		if (shelf.length > 0) addWish(wishes, random, random.pick(shelf), rhythm);
	}
	for (const { product, quantity } of [...wishes.values()]) {
		const deposit = deposits.find(({ drink, groups }) => groups.includes(product.group) && drink.test(product.name));
		if (deposit) addPieces(wishes, products, deposit.sku, quantity);
	}
	if (random.chance(BAG_SHARE)) addPieces(wishes, products, BAG_SKU, 1000);
	return [...wishes.values()];
}

function addWish(wishes: Map<string, Wish>, random: Random, product: Product, rhythm: Rhythm): void {
	if (wishes.has(product.sku)) return;
	const quantity =
		product.unit === "kg" ? drawGrams(random, product.unitPrice) : drawCount(random, rhythm.quantityPerLine) * 1000;
	const discountPercent = random.chance(OFFER_SHARE) ? random.pick(OFFER_PERCENTS) : 0;
	wishes.set(product.sku, { product, quantity, discountPercent });
}

function addPieces(wishes: Map<string, Wish>, products: readonly Product[], sku: string, quantity: number): void {
	const product = products.find((one) => one.sku === sku);
	if (!product) return;
	const known = wishes.get(sku);
	if (known) known.quantity += quantity;
	else wishes.set(sku, { product, quantity, discountPercent: 0 });
}

function drawGrams(random: Random, unitPrice: number): number {
	const grams = Math.round((random.integer(WEIGHED_CENTS_MIN, WEIGHED_CENTS_MAX) / unitPrice) * 1000);
	return Math.min(Math.max(grams, GRAMS_MIN), GRAMS_MAX);
}

import type { Product } from "@kassahub/contracts/product.ts";
import { signal } from "@preact/signals";
import { amountOf, euro, perUnit } from "../kit/figures.ts";
import { compareGroups, groupHue, groupName } from "../kit/groups.ts";
import { kitWords, language } from "../kit/language.ts";
import { Empty } from "../kit/notice.tsx";
import { lineName } from "./line-name.ts";
import { searchProducts } from "./search.ts";
import type { Till } from "./till.ts";
import { words } from "./words.ts";

const chosenGroup = signal<string | undefined>(undefined);

/** `quantity` undefined: the hub has not told a level yet. Drawn again only when one of these changes. */
function Tile({ till, product, quantity }: { till: Till; product: Product; quantity: number | undefined }) {
	const text = words.value;
	const isLow =
		quantity !== undefined && (product.reorderLevel ?? 0) > 0 && quantity < (product.reorderLevel as number);
	const name = lineName(product);
	const stock = quantity === undefined ? "" : stockText(product, quantity, isLow);
	return (
		<button
			type="button"
			class="tile"
			style={{ "--hue": groupHue(product.group) }}
			onClick={() => {
				till.choose(product);
				till.search.value = "";
			}}
		>
			<span class="tile-name">{name}</span>
			<span class="tile-foot">
				<strong>
					{euro(product.unitPrice)}
					<small>{perUnit(product.unit)}</small>
				</strong>
				<span class={isLow ? "stock low" : "stock"} aria-hidden="true">
					{stock}
				</span>
				{stock ? <span class="visually-hidden">{isLow ? stock : text.stock(stock)}</span> : null}
			</span>
		</button>
	);
}

function stockText(product: Product, quantity: number, isLow: boolean): string {
	// Weighed goods to the gram would only flicker: a tile shows tenths.
	const amount =
		product.unit === "pcs"
			? amountOf(quantity, "pcs")
			: `${(Math.round(quantity / 100) / 10).toLocaleString(language.value)} ${kitWords.value.unit[product.unit]}`;
	if (!isLow) return amount;
	if (quantity <= 0) return words.value.outOfStock;
	// A weight and its price fill the foot of a narrow tile.
	return product.unit === "pcs" ? words.value.left(amount) : amount;
}

export function ProductGrid({ till }: { till: Till }) {
	const text = words.value;
	const products = till.products.value;
	const groups = [...new Set(products.map(({ group }) => group))].sort(compareGroups);
	const query = till.query.value;
	const shown = query
		? searchProducts(products, query)
		: products.filter(({ group }) => chosenGroup.value === undefined || group === chosenGroup.value);
	const sorted = query
		? shown
		: [...shown].sort(
				(a, b) => compareGroups(a.group, b.group) || lineName(a).localeCompare(lineName(b), language.value),
			);
	return (
		<>
			<nav class="groups" aria-label={text.groups}>
				<GroupButton till={till} name={text.all} group={undefined} />
				{groups.map((group) => (
					<GroupButton key={group} till={till} name={groupName(group)} group={group} />
				))}
			</nav>
			<main class="grid-area" aria-label={text.products}>
				{products.length === 0 ? <Empty icon="basket" title={text.noCatalogue} text={text.noCatalogueText} /> : null}
				{products.length > 0 && sorted.length === 0 ? (
					<Empty icon="search" title={text.nothingFound} text={text.nothingFoundText} />
				) : null}
				<div class="grid" key={chosenGroup.value ?? ""}>
					{sorted.map((product) => (
						<Tile key={product.sku} till={till} product={product} quantity={till.feed.stock.value.get(product.sku)} />
					))}
				</div>
			</main>
		</>
	);
}

function GroupButton({ till, name, group }: { till: Till; name: string; group: string | undefined }) {
	return (
		<button
			type="button"
			class="group"
			style={group ? { "--hue": groupHue(group) } : {}}
			aria-pressed={till.query.value === "" && chosenGroup.value === group}
			onClick={() => {
				chosenGroup.value = group;
				till.search.value = "";
			}}
		>
			<i class={group ? "swatch" : "swatch every"} aria-hidden="true" />
			{name}
		</button>
	);
}

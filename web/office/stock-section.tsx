import { amountOf } from "../kit/figures.ts";
import { groupName } from "../kit/groups.ts";
import { Empty, Loading } from "../kit/notice.tsx";
import type { OfficeWatch } from "./office-watch.ts";
import { words } from "./words.ts";

/** What each shop has of each product. */
export function StockSection({ watch }: { watch: OfficeWatch }) {
	const text = words.value;
	const stock = watch.stock.value;
	return (
		<section class="card">
			<div class="card-head">
				<h2>{text.stock}</h2>
				<input
					class="input stock-search"
					type="search"
					placeholder={text.searchStock}
					aria-label={text.searchStock}
					value={watch.search.value}
					onInput={(event) => {
						watch.search.value = event.currentTarget.value;
					}}
				/>
			</div>
			{stock === undefined ? <Loading /> : null}
			{stock?.products.length === 0 ? <Empty icon="search" title={text.noStock} text={text.noStockText} /> : null}
			{stock && stock.products.length > 0 ? (
				<div class="table-scroll stock-table">
					<table class="table">
						<thead>
							<tr>
								<th scope="col">{text.product}</th>
								{stock.shops.map(({ shop, name }) => (
									<th key={shop} scope="col" class="number">
										{name}
									</th>
								))}
							</tr>
						</thead>
						<tbody>
							{stock.products.map(({ sku, name, group, unit, quantities }) => (
								<tr key={sku}>
									<td>
										{name || sku}
										<small class="contact soft">
											{sku}
											{group ? ` · ${groupName(group)}` : ""}
										</small>
									</td>
									{stock.shops.map(({ shop }) => {
										const quantity = quantities[shop];
										return (
											<td key={shop} class={quantity !== undefined && quantity <= 0 ? "number bad-text" : "number"}>
												{quantity === undefined ? "–" : amountOf(quantity, unit ?? "pcs")}
											</td>
										);
									})}
								</tr>
							))}
						</tbody>
					</table>
					{stock.next ? (
						<button type="button" class="button" onClick={() => void watch.moreStock()}>
							{text.more}
						</button>
					) : null}
				</div>
			) : null}
		</section>
	);
}

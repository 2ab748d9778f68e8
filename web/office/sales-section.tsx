import { dayAndTime, euro } from "../kit/figures.ts";
import { Empty, Loading } from "../kit/notice.tsx";
import type { OfficeWatch } from "./office-watch.ts";
import { words } from "./words.ts";

export function SalesSection({ watch }: { watch: OfficeWatch }) {
	const text = words.value;
	const sales = watch.sales.value;
	const hasShops = (watch.shops.value?.length ?? 0) > 1;
	return (
		<section class="card">
			<h2>{text.latest}</h2>
			{sales === undefined ? <Loading /> : null}
			{sales?.length === 0 ? <Empty icon="basket" title={text.noSales} text={text.noSalesText} /> : null}
			<ol class="latest">
				{sales?.map((sale) => (
					<li key={sale.id}>
						<time class="soft" dateTime={sale.at}>
							{dayAndTime(sale.at)}
						</time>
						<span class="latest-what">
							{hasShops ? <strong>{sale.shopName}</strong> : null} {sale.register}
							<small class="soft">
								{" "}
								· {sale.lines}× · nr. {sale.number}
								{sale.total < 0 ? ` · ${text.refund}` : ""}
							</small>
						</span>
						<strong class={sale.total < 0 ? "bad-text" : ""}>{euro(sale.total)}</strong>
					</li>
				))}
			</ol>
		</section>
	);
}

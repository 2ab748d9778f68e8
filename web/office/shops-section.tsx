import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { duration, euro, wholeNumber } from "../kit/figures.ts";
import type { OfficeShop } from "./answers.ts";
import { compareWithLastWeek } from "./comparison.ts";
import { Difference, nowOn } from "./day-figures.tsx";
import type { OfficeWatch } from "./office-watch.ts";
import { words } from "./words.ts";

const TICK_MS = 10_000;
const RECENT_S = 10;

/** The time, moving on, for "3 min ago". */
function useNow(): number {
	const now = useSignal(Date.now());
	useEffect(() => {
		const timer = setInterval(() => {
			now.value = Date.now();
		}, TICK_MS);
		return () => clearInterval(timer);
	}, [now]);
	return now.value;
}

export function ShopsSection({ watch, shops }: { watch: OfficeWatch; shops: readonly OfficeShop[] }) {
	const text = words.value;
	const now = useNow();
	const isToday = watch.day.value === undefined;
	return (
		<section class="card">
			<h2>{text.perShop}</h2>
			<div class="table-scroll">
				<table class="table">
					<thead>
						<tr>
							<th scope="col">{text.shop}</th>
							<th scope="col" class="number">
								{text.receipts}
							</th>
							<th scope="col" class="number">
								{text.turnover}
							</th>
							<th scope="col" class="number">
								{text.versus}
							</th>
						</tr>
					</thead>
					<tbody>
						{shops.map((shop) => {
							const own = watch.byShop.value.get(shop.shop);
							const { total, sales } = own ?? shop;
							const compared = own
								? compareWithLastWeek(total, own.lastWeek, isToday ? nowOn(own.from) : undefined)
								: undefined;
							const heard = Math.max(0, (now - Date.parse(shop.heardAt)) / 1000);
							return (
								<tr key={shop.shop}>
									<td>
										<strong>{shop.name}</strong>
										<small class="contact soft">
											{text.lastContact}: {heard < RECENT_S ? text.justNow : text.ago(duration(heard))}
										</small>
									</td>
									<td class="number">{wholeNumber(sales)}</td>
									<td class="number">
										<strong>{euro(total)}</strong>
									</td>
									<td class="number">
										{compared?.percent === undefined ? "–" : <Difference percent={compared.percent} />}
									</td>
								</tr>
							);
						})}
					</tbody>
				</table>
			</div>
		</section>
	);
}

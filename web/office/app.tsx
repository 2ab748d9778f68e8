import { Wordmark } from "../kit/icon.tsx";
import { Empty, Loading, Notice, Pill } from "../kit/notice.tsx";
import { Switches } from "../kit/switches.tsx";
import { DayFigures, Headline } from "./day-figures.tsx";
import { DayPicker } from "./day-picker.tsx";
import type { OfficeWatch } from "./office-watch.ts";
import { SalesSection } from "./sales-section.tsx";
import { ShopsSection } from "./shops-section.tsx";
import { StockSection } from "./stock-section.tsx";
import { words } from "./words.ts";

export function App({ watch }: { watch: OfficeWatch }) {
	const text = words.value;
	const shops = watch.shops.value;
	const turnover = watch.turnover.value;
	const isAway = watch.status.value === "away";
	return (
		<div class="page">
			<header class="page-top">
				<h1 class="page-title">
					<Wordmark />
				</h1>
				{watch.status.value === "live" ? <Pill tone="good">{text.live}</Pill> : null}
				{isAway ? <Pill tone="warn">{text.away}</Pill> : null}
				<span class="grow" />
				<Switches />
			</header>
			<main>
				{isAway ? <Notice tone="warn" title={text.away} text={text.awayText} /> : null}
				{watch.fault.value ? <Notice tone="bad" title={text.fault} text={watch.fault.value} /> : null}
				{shops === undefined && !isAway ? <Loading /> : null}
				{shops?.length === 0 ? <Empty icon="cloud" title={text.noShops} text={text.noShopsText} /> : null}
				{shops && shops.length > 0 && turnover ? (
					<>
						<div class="scope">
							<ShopPicker watch={watch} />
							<DayPicker watch={watch} shown={turnover.from} />
						</div>
						<Headline turnover={turnover} isToday={watch.day.value === undefined} />
						<div class="columns-2">
							<div class="stack">
								<DayFigures turnover={turnover} />
							</div>
							<div class="stack">
								<ShopsSection watch={watch} shops={shops} />
								<SalesSection watch={watch} />
							</div>
						</div>
						<StockSection watch={watch} />
					</>
				) : null}
			</main>
		</div>
	);
}

function ShopPicker({ watch }: { watch: OfficeWatch }) {
	const text = words.value;
	const shops = watch.shops.value ?? [];
	if (shops.length === 1) return <p class="shop-name">{shops[0]?.name}</p>;
	return (
		<label class="shop-picker">
			<span class="visually-hidden">{text.shop}</span>
			<select
				class="input"
				value={watch.shop.value ?? ""}
				onChange={(event) => {
					watch.shop.value = event.currentTarget.value || undefined;
				}}
			>
				<option value="">{text.allShops}</option>
				{shops.map(({ shop, name }) => (
					<option key={shop} value={shop}>
						{name}
					</option>
				))}
			</select>
		</label>
	);
}

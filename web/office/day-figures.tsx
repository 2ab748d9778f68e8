import { Bars, Columns } from "../kit/bars.tsx";
import { euro, vatPercent, wholeNumber } from "../kit/figures.ts";
import { groupHue, groupName } from "../kit/groups.ts";
import { language } from "../kit/language.ts";
import { localDay } from "../kit/local-time.ts";
import { Empty } from "../kit/notice.tsx";
import type { OfficeTurnover } from "./answers.ts";
import { compareWithLastWeek, hoursShown } from "./comparison.ts";
import { words } from "./words.ts";

const isMethod = (method: string): method is keyof typeof words.value.method => method in words.value.method;

const weekday = (day: string): string =>
	new Date(`${day}T12:00:00`).toLocaleDateString(language.value === "nl" ? "nl-NL" : "en-GB", { weekday: "long" });

/** The hour and minute it is, where a day still runs. */
export function nowOn(day: string): { hour: number; minute: number } | undefined {
	const now = new Date();
	return day === localDay(now) ? { hour: now.getHours(), minute: now.getMinutes() } : undefined;
}

export const Difference = ({ percent }: { percent: number }) => (
	<span class={percent < 0 ? "difference down" : "difference up"}>
		{percent < 0 ? "▼" : "▲"} {Math.abs(percent)}%
	</span>
);

/** The day in one row: turnover beside last week's, receipts, the average receipt, VAT. */
export function Headline({ turnover, isToday }: { turnover: OfficeTurnover; isToday: boolean }) {
	const text = words.value;
	const { total, sales, refunds, lastWeek } = turnover;
	const { before, isUntilNow, percent } = compareWithLastWeek(
		total,
		lastWeek,
		isToday ? nowOn(turnover.from) : undefined,
	);
	const vat = turnover.byVatRate.reduce((sum, row) => sum + row.vat, 0);
	return (
		<dl class="facts headline">
			<div>
				<dt>{text.turnover}</dt>
				<dd>{euro(total)}</dd>
				<dd class="soft">{text.inclVat}</dd>
			</div>
			<div>
				<dt>{text.lastWeek(weekday(lastWeek.from))}</dt>
				<dd>{euro(before)}</dd>
				<dd class="soft">
					{percent === undefined ? text.noLastWeek : <Difference percent={percent} />}{" "}
					{percent === undefined ? "" : isUntilNow ? text.untilNow : text.wholeDay}
				</dd>
			</div>
			<div>
				<dt>{text.receipts}</dt>
				<dd>{wholeNumber(sales)}</dd>
				<dd class="soft">{refunds > 0 ? text.refunds(refunds) : ""}</dd>
			</div>
			<div>
				<dt>{text.average}</dt>
				<dd>{sales > 0 ? euro(Math.round(total / sales)) : "–"}</dd>
				<dd />
			</div>
			<div>
				<dt>{text.vat}</dt>
				<dd>{euro(vat)}</dd>
				<dd />
			</div>
		</dl>
	);
}

export function DayFigures({ turnover }: { turnover: OfficeTurnover }) {
	const text = words.value;
	const { byHour, lastWeek } = turnover;
	const totalAt = (hours: typeof byHour, hour: number): number => hours.find((one) => one.hour === hour)?.total ?? 0;
	const isEmpty = turnover.sales + turnover.refunds === 0;
	return (
		<>
			<section class="card">
				<div class="card-head">
					<h2>{text.byHour}</h2>
					<p class="legend soft">
						<i class="now" aria-hidden="true" /> {text.legendNow}
						<i class="before" aria-hidden="true" /> {text.legendBefore}
					</p>
				</div>
				<Columns
					label={text.byHourLabel}
					rows={hoursShown(byHour, lastWeek.byHour).map((hour) => ({
						key: String(hour),
						name: String(hour),
						amount: totalAt(byHour, hour),
						before: totalAt(lastWeek.byHour, hour),
					}))}
				/>
			</section>
			<section class="card">
				<h2>{text.byGroup}</h2>
				{isEmpty ? <Empty icon="basket" title={text.nothingSold} /> : null}
				<Bars
					rows={[...turnover.byGroup]
						.sort((a, b) => b.total - a.total)
						.map(({ group, total }) => ({ key: group, name: groupName(group), amount: total, hue: groupHue(group) }))}
				/>
			</section>
			{isEmpty ? null : (
				<section class="card two-tables">
					<div class="stack">
						<h2>{text.vatTable}</h2>
						<VatTable turnover={turnover} />
					</div>
					<div class="stack">
						<h2>{text.byMethod}</h2>
						<dl class="pairs">
							{turnover.byMethod.map(({ method, amount }) => (
								<div key={method}>
									<dt>{isMethod(method) ? text.method[method] : method}</dt>
									<dd>{euro(amount)}</dd>
								</div>
							))}
						</dl>
						<h2>{text.byRegister}</h2>
						<dl class="pairs">
							{turnover.byRegister.map(({ register, total, sales }) => (
								<div key={register}>
									<dt>
										{register} · {text.sales(sales)}
									</dt>
									<dd>{euro(total)}</dd>
								</div>
							))}
						</dl>
					</div>
				</section>
			)}
		</>
	);
}

function VatTable({ turnover }: { turnover: OfficeTurnover }) {
	const text = words.value;
	return (
		<div class="table-scroll">
			<table class="table">
				<thead>
					<tr>
						<th scope="col">{text.rate}</th>
						<th scope="col" class="number">
							{text.net}
						</th>
						<th scope="col" class="number">
							{text.vatAmount}
						</th>
						<th scope="col" class="number">
							{text.gross}
						</th>
					</tr>
				</thead>
				<tbody>
					{turnover.byVatRate.map(({ vatRate, net, vat, total }) => (
						<tr key={vatRate}>
							<td>{vatPercent(vatRate)}</td>
							<td class="number">{euro(net)}</td>
							<td class="number">{euro(vat)}</td>
							<td class="number">{euro(total)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

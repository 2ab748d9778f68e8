import { faultWords } from "../kit/fault-words.ts";
import { dayAndTime, euro } from "../kit/figures.ts";
import { language } from "../kit/language.ts";
import { Empty, Notice, Pill } from "../kit/notice.tsx";
import type { OutboxItem } from "./outbox.ts";
import type { Till } from "./till.ts";
import { TillDialog } from "./till-dialog.tsx";
import { eventName } from "./words/nl.ts";
import { words } from "./words.ts";

const amountOfItem = (item: OutboxItem): number => (item.kind === "sale" ? item.event.total : item.event.amount);

/** Where everything this register made stands: booked, waiting, or refused and why. */
export function StateDialog({ till }: { till: Till }) {
	const text = words.value;
	const isLive = till.live.status.value === "live";
	const waiting = till.waiting.value;
	const attention = till.attention.value;
	return (
		<TillDialog till={till} title={text.stateTitle}>
			<div class="row">
				<Pill tone={isLive ? "good" : "warn"}>{isLive ? text.live : text.offline}</Pill>
			</div>
			<p>{isLive ? text.stateLive : text.stateOffline}</p>
			{till.feed.alerts.value.map((alert) => (
				<Notice
					key={`${alert.code} ${alert.subject}`}
					tone={alert.severity === "critical" ? "bad" : "warn"}
					title={alert.message[language.value]}
					text={alert.remedy[language.value]}
				/>
			))}
			{attention.length > 0 ? (
				<section class="items">
					<h3>{text.stateAttention}</h3>
					<p class="soft">{text.attentionText}</p>
					<ul>
						{attention.map((item) => (
							<li key={item.id}>
								<ItemLine item={item} />
								<ul class="reasons">
									{item.rejection?.reasons.map((reason) => (
										<li key={`${reason.field} ${reason.code}`}>
											{faultWords(reason.code).sentence} <span class="soft">{reason.message}</span>
										</li>
									))}
								</ul>
								<button type="button" class="button" onClick={() => till.dismiss(item.id)}>
									{text.seen}
								</button>
							</li>
						))}
					</ul>
				</section>
			) : null}
			{waiting.length > 0 ? (
				<section class="items">
					<h3>{text.stateWaiting}</h3>
					<ul>
						{waiting.map((item) => (
							<li key={item.id}>
								<ItemLine item={item} />
							</li>
						))}
					</ul>
				</section>
			) : null}
			{waiting.length + attention.length === 0 ? <Empty icon="check" title={text.stateAllBooked} /> : null}
		</TillDialog>
	);
}

const ItemLine = ({ item }: { item: OutboxItem }) => (
	<p class="item-line">
		<span>
			{words.value.event[eventName(item)]} <span class="soft">{dayAndTime(item.event.at)}</span>
			{item.rejection ? <span class="soft"> · {words.value.quarantine(item.rejection.quarantine)}</span> : null}
		</span>
		<strong>{euro(amountOfItem(item))}</strong>
	</p>
);

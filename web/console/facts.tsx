import type { Health } from "@kassahub/contracts/health.ts";
import { duration, euro, wholeNumber } from "../kit/figures.ts";
import type { HubWatch } from "./hub-watch.ts";
import { words } from "./words.ts";

/** The figures a technician looks at first, in one row. */
export function Facts({ watch, health }: { watch: HubWatch; health: Health }) {
	const text = words.value;
	const turnover = watch.turnover.value;
	const relay = watch.relay.value;
	const clock = watch.entries.value?.[0]?.clock;
	return (
		<dl class="facts">
			<div>
				<dt>{text.turnoverToday}</dt>
				<dd>{euro(turnover?.total ?? 0)}</dd>
				<dd class="soft">{text.sales(turnover?.sales ?? 0, turnover?.refunds ?? 0)}</dd>
			</div>
			<div>
				<dt>{text.journalNumber}</dt>
				<dd>{wholeNumber(health.journal.number)}</dd>
				<dd class={clock === "unsynchronised" ? "warn-text" : "soft"}>{clock ? text.clock[clock] : ""}</dd>
			</div>
			<div>
				<dt>{text.backlog}</dt>
				<dd>{relay ? wholeNumber(relay.backlog) : "–"}</dd>
				<dd class="soft">{relay ? text.relayState[relay.state] : ""}</dd>
			</div>
			<div class={health.quarantine > 0 ? "bad-fact" : ""}>
				<dt>{text.quarantine}</dt>
				<dd>{wholeNumber(health.quarantine)}</dd>
				<dd class="soft">{text.toRepair}</dd>
			</div>
			<div>
				<dt>{text.uptime}</dt>
				<dd>{duration(Math.max(0, (Date.now() - Date.parse(health.startedAt)) / 1000))}</dd>
				<dd class="soft">{text.version(health.version, health.node)}</dd>
			</div>
		</dl>
	);
}

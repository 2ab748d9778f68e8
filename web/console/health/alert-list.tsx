import type { Alert } from "@kassahub/contracts/alert.ts";
import { dayAndTime } from "../../kit/figures.ts";
import { kitWords, language } from "../../kit/language.ts";
import { Notice } from "../../kit/notice.tsx";
import { RestRefused } from "../../kit/rest.ts";
import { say } from "../../kit/toast.tsx";
import type { HubWatch } from "../hub-watch.ts";
import { words } from "../words.ts";
import { useAsked } from "./asked.ts";
import { healthWords } from "./words.ts";

const EVERY_MS = 15_000;

/** `keuken` of `device:keuken`, `anja` of `person:anja`. */
const nameOf = (who: string): string => who.slice(who.indexOf(":") + 1);

async function acknowledge(watch: HubWatch, id: string): Promise<void> {
	try {
		await watch.rest.post(`/alerts/${id}/acknowledge`, {});
		await watch.look();
	} catch (error) {
		if (error instanceof RestRefused) say(error.message, "bad");
		else if (error instanceof TypeError) say(kitWords.value.unreachable, "bad");
		else throw error;
	}
}

/** What wants attention, most urgent first, each with what to do and who sees to it; and what passed today. */
export function AlertList({ watch, alerts }: { watch: HubWatch; alerts: readonly Alert[] }) {
	const text = healthWords.value;
	const all = useAsked<Alert[]>(watch.rest, "/alerts?state=all", EVERY_MS).value;
	const cleared = all.at === "known" ? all.value.filter(({ state }) => state === "cleared") : [];
	const urgent = (alert: Alert): number =>
		(alert.acknowledgedBy ? 10 : 0) + ["critical", "warning", "info"].indexOf(alert.severity);
	return (
		<>
			{[...alerts]
				.sort((a, b) => urgent(a) - urgent(b))
				.map(({ id, code, subject, severity, since, message, remedy, detail, acknowledgedBy, acknowledgedAt }) => (
					<Notice
						key={`${code} ${subject}`}
						tone={severity === "critical" ? "bad" : "warn"}
						title={`${message[language.value]}${detail ? ` (${detail})` : ""}`}
						text={`${remedy[language.value]} (${nameOf(subject)}, ${words.value.since(dayAndTime(since))})${
							acknowledgedBy ? ` ${text.seenBy(nameOf(acknowledgedBy), dayAndTime(acknowledgedAt ?? since))}.` : ""
						}`}
					>
						{id && !acknowledgedBy && watch.may("acknowledge-alerts") ? (
							<button type="button" class="button" onClick={() => void acknowledge(watch, id)}>
								{text.seen}
							</button>
						) : null}
					</Notice>
				))}
			{cleared.length > 0 ? (
				<details class="earlier">
					<summary>{text.earlier(cleared.length)}</summary>
					<ul>
						{cleared.map((alert) => (
							<li key={alert.id}>
								{alert.message[language.value]} {alert.detail ? `(${alert.detail}) ` : ""}
								<span class="soft">
									{nameOf(alert.subject)},{" "}
									{text.until(dayAndTime(alert.since), dayAndTime(alert.clearedAt ?? alert.since))}
								</span>
							</li>
						))}
					</ul>
				</details>
			) : null}
		</>
	);
}

import type { RelayState } from "@kassahub/contracts/relay-state.ts";
import { faultWords } from "../kit/fault-words.ts";
import { dayAndTime, wholeNumber } from "../kit/figures.ts";
import { Empty, Notice, Pill, type Tone } from "../kit/notice.tsx";
import type { HubWatch } from "./hub-watch.ts";
import { words } from "./words.ts";

const tones: Record<RelayState["state"], Tone> = {
	live: "good",
	"catching-up": "warn",
	waiting: "warn",
	stopped: "bad",
};

const kilobytes = (bytes: number): string => `${wholeNumber(Math.round(bytes / 1000))} kB`;

export function RelaySection({ watch }: { watch: HubWatch }) {
	const text = words.value;
	const relay = watch.relay.value;
	const fault = relay?.fault ? faultWords(relay.fault.code) : undefined;
	const share = relay && relay.head > 0 ? relay.acknowledged / relay.head : 1;
	return (
		<section class="card">
			<h2>{text.relay}</h2>
			{relay ? (
				<>
					<p class="row">
						<Pill tone={tones[relay.state]}>{text.relayState[relay.state]}</Pill>
						<span class="soft">{text.since(dayAndTime(relay.since))}</span>
					</p>
					<div class="progress" aria-hidden="true">
						<i style={{ width: `${share * 100}%` }} />
					</div>
					<dl class="pairs">
						<div>
							<dt>{text.acknowledged}</dt>
							<dd>
								{wholeNumber(relay.acknowledged)} / {wholeNumber(relay.head)}
							</dd>
						</div>
						<div>
							<dt>{text.backlog}</dt>
							<dd>{text.rows(wholeNumber(relay.backlog))}</dd>
						</div>
						<div>
							<dt>{text.lastContact}</dt>
							<dd>{relay.lastAcknowledgedAt ? dayAndTime(relay.lastAcknowledgedAt) : text.never}</dd>
						</div>
						<div>
							<dt>{text.sent}</dt>
							<dd>{kilobytes(relay.sentBytes)}</dd>
						</div>
					</dl>
					{fault ? (
						<Notice tone={relay.state === "stopped" ? "bad" : "warn"} title={fault.sentence} text={fault.remedy} />
					) : null}
				</>
			) : (
				<Empty icon="cloud" title={text.relayUnknown} text={text.relayUnknownText} />
			)}
		</section>
	);
}

import type { Trace } from "@kassahub/contracts/trace.ts";
import { useSignal } from "@preact/signals";
import { clockSeconds } from "../../kit/figures.ts";
import { Empty, Notice, Pill } from "../../kit/notice.tsx";
import type { HubWatch } from "../hub-watch.ts";
import { useFollowed } from "./follow.ts";
import { ScrollList } from "./scroll-list.tsx";
import { healthWords } from "./words.ts";

const FRAMES_SHOWN = 200;

const saidBy = ({ explained, unreadable, hex }: Trace): string =>
	explained
		? Object.entries(explained)
				.map(([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
				.join(", ")
		: `${unreadable ? `${healthWords.value.unreadable}: ` : ""}${hex}`;

/** What passes between the bridge and a device, explained; asked for only while somebody looks. */
export function Frames({ watch, device }: { watch: HubWatch; device: string }) {
	const text = healthWords.value;
	const isOn = useSignal(false);
	const path = isOn.value ? `/devices/${device}/trace` : undefined;
	const { lines, status } = useFollowed<Trace>(watch.rest, path, FRAMES_SHOWN).value;
	return (
		<section class="stack">
			<div class="card-head">
				<h3>{text.frames}</h3>
				{isOn.value && status === "live" ? <Pill tone="good">{text.liveOn}</Pill> : null}
				{isOn.value && status === "lost" ? <Pill tone="warn">{text.liveOff}</Pill> : null}
				<button
					type="button"
					class="button"
					aria-pressed={isOn.value}
					onClick={() => {
						isOn.value = !isOn.value;
					}}
				>
					{isOn.value ? text.stop : text.follow}
				</button>
			</div>
			<p class="soft small">{text.framesWhy}</p>
			{isOn.value && status === "refused" ? <Notice tone="warn" title={text.notAllowed} /> : null}
			{isOn.value && status !== "refused" && lines.length === 0 ? (
				<Empty icon="list" title={text.noFrames} text={text.noFramesText} />
			) : null}
			{lines.length > 0 ? (
				<ScrollList label={text.frames} count={lines.length}>
					{lines.map((trace, index) => (
						<li key={`${trace.at} ${index}`}>
							<time class="soft">{clockSeconds(trace.at)}</time>{" "}
							<span class="soft">{trace.direction === "in" ? text.fromDevice : text.toDevice}</span>{" "}
							<span class={trace.unreadable ? "warn-text" : ""} title={trace.hex}>
								{saidBy(trace)}
							</span>
							{trace.times ? <span class="soft"> ×{trace.times}</span> : null}
						</li>
					))}
				</ScrollList>
			) : null}
		</section>
	);
}

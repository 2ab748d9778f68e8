import type { LogLevel, LogLine } from "@kassahub/contracts/log-line.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Dialog } from "../../kit/dialog.tsx";
import { clockSeconds } from "../../kit/figures.ts";
import { Empty, Loading, Notice, Pill } from "../../kit/notice.tsx";
import type { HubWatch } from "../hub-watch.ts";
import { useFollowed } from "./follow.ts";
import { ScrollList } from "./scroll-list.tsx";
import { healthWords } from "./words.ts";

const LINES_SHOWN = 500;
/** What stands in a column of its own, and what is the same in every line of a part. */
const shownApart: ReadonlySet<string> = new Set(["level", "time", "part", "msg", "pid", "hostname"]);
const levels = ["info", "warn", "error"] as const satisfies readonly LogLevel[];

const toneOf = (level: number): string => (level >= 50 ? "bad-text" : level >= 40 ? "warn-text" : "");

/** The words of a line, and what else it carries. */
function wordsOf(line: LogLine): string {
	const more = Object.entries(line).flatMap(([key, value]) =>
		shownApart.has(key) ? [] : `${key}=${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
	);
	return [line.msg ?? "", ...more].join(" ");
}

/** The log of the hub and its parts, filtered and live, the newest at the end. */
export function LogDialog({ watch, parts, onClose }: { watch: HubWatch; parts: string[]; onClose: () => void }) {
	const text = healthWords.value;
	const part = useSignal("");
	const level = useSignal<(typeof levels)[number]>("info");
	const query = new URLSearchParams({ follow: "true", limit: "200", level: level.value });
	if (part.value) query.set("part", part.value);
	const { lines, status } = useFollowed<LogLine>(watch.rest, `/logs?${query}`, LINES_SHOWN).value;
	return (
		<Dialog title={text.logs} isWide={true} onClose={onClose}>
			<div class="row">
				<label class="row">
					<span class="soft">{text.level}</span>
					<select
						class="input choose"
						data-first
						value={level.value}
						onChange={({ currentTarget }) => {
							level.value = levels.find((one) => one === currentTarget.value) ?? "info";
						}}
					>
						{levels.map((one) => (
							<option key={one} value={one}>
								{text.levels[one]}
							</option>
						))}
					</select>
				</label>
				<label class="row">
					<span class="soft">{text.part}</span>
					<select
						class="input choose"
						value={part.value}
						onChange={({ currentTarget }) => {
							part.value = currentTarget.value;
						}}
					>
						<option value="">{text.allParts}</option>
						{parts.map((name) => (
							<option key={name} value={name}>
								{name}
							</option>
						))}
					</select>
				</label>
				<Pill tone={status === "lost" || status === "refused" ? "warn" : "good"}>
					{status === "lost" || status === "refused" ? text.liveOff : text.liveOn}
				</Pill>
			</div>
			{status === "refused" ? <Notice tone="warn" title={text.notAllowed} /> : null}
			{status === "connecting" && lines.length === 0 ? <Waiting key={query.toString()} /> : null}
			<ScrollList label={text.logs} count={lines.length}>
				{lines.map((line, index) => (
					<li key={`${line.time} ${index}`}>
						<time class="soft">{clockSeconds(line.time)}</time> <span class="soft">{line.part}</span>{" "}
						<span class={toneOf(line.level)}>{wordsOf(line)}</span>
					</li>
				))}
			</ScrollList>
		</Dialog>
	);
}

/** The hub answers with nothing where nothing fits: after a moment that is said. */
function Waiting() {
	const text = healthWords.value;
	const isLong = useSignal(false);
	useEffect(() => {
		const timer = setTimeout(() => {
			isLong.value = true;
		}, 1500);
		return () => clearTimeout(timer);
	}, []);
	return isLong.value ? <Empty icon="list" title={text.noLines} text={text.noLinesText} /> : <Loading />;
}

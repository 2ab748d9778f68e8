import type { DeviceHistory, LastReading } from "@kassahub/contracts/device-history.ts";
import type { ComponentChildren } from "preact";
import { Dialog } from "../../kit/dialog.tsx";
import { amountOf, dayAndTime, wholeNumber } from "../../kit/figures.ts";
import { Loading, Notice } from "../../kit/notice.tsx";
import type { HubWatch } from "../hub-watch.ts";
import { percentWords } from "./amounts.ts";
import { type Asked, useAsked } from "./asked.ts";
import { Frames } from "./frames.tsx";
import { Strip } from "./strip.tsx";
import { healthWords } from "./words.ts";

const HISTORY_EVERY_MS = 15_000;
const READING_EVERY_MS = 2000;

const milliseconds = (value: number): string => `${wholeNumber(Math.round(value))} ms`;

function History({ history }: { history: DeviceHistory }) {
	const text = healthWords.value;
	const { buckets, up, errors, reconnects, commands } = history;
	const answered = buckets.flatMap(({ latencyMs, commands: count }) => (latencyMs ? [{ ...latencyMs, count }] : []));
	const mean = answered.reduce((sum, one) => sum + one.mean * one.count, 0) / Math.max(1, commands);
	const max = Math.max(0, ...answered.map((one) => one.max));
	return (
		<>
			<Strip
				title={text.online}
				words={up === undefined ? text.unknownYet : text.share(percentWords(up))}
				values={buckets.map((bucket) => bucket.up)}
				full={1}
				tone={(value) => (value > 0.99 ? "good" : value > 0.5 ? "warn" : "bad")}
			/>
			<Strip
				title={text.troubles}
				words={text.troubleCount(errors, reconnects)}
				values={buckets.map((bucket) => bucket.errors + bucket.reconnects)}
				tone={() => "bad"}
			/>
			<Strip
				title={text.latency}
				words={text.latencyWords(commands, milliseconds(mean), milliseconds(max))}
				values={buckets.map((bucket) => bucket.latencyMs?.mean)}
				tone={() => "plain"}
			/>
		</>
	);
}

function readingWords(reading: LastReading): string {
	const text = healthWords.value;
	switch (reading.type) {
		case "weight":
			return "grams" in reading
				? `${amountOf(reading.grams, "kg")}, ${text.weightState.stable}`
				: text.weightState[reading.state];
		case "shelf":
			return [
				reading.sku,
				reading.grams === undefined ? undefined : amountOf(reading.grams, "kg"),
				reading.pieces === undefined ? undefined : amountOf(reading.pieces * 1000, "pcs"),
			]
				.filter((part) => part !== undefined)
				.join(", ");
		case "measure":
			return `${reading.name} ${String(reading.value)} ${reading.unit ?? ""}`;
		default:
			return text.readingType[reading.type];
	}
}

function Reading({ asked }: { asked: Asked<LastReading> }) {
	const text = healthWords.value;
	const reading = asked.at === "known" ? asked.value : asked.at === "failed" ? asked.last : undefined;
	return (
		<p>
			<strong>{text.reading}: </strong>
			{reading ? (
				<>
					{readingWords(reading)} <span class="soft">{dayAndTime(reading.at)}</span>
				</>
			) : (
				<span class="soft">{asked.at === "absent" ? text.noReading : "…"}</span>
			)}
		</p>
	);
}

/** One device closely: its last day, what it last measured, its frames, and what can be done with it. */
export function DeviceDialog(props: {
	watch: HubWatch;
	device: string;
	onClose: () => void;
	/** Its state and its buttons. */
	children: ComponentChildren;
}) {
	const { watch, device, onClose, children } = props;
	const text = healthWords.value;
	const history = useAsked<DeviceHistory>(watch.rest, `/devices/${device}/history`, HISTORY_EVERY_MS).value;
	const reading = useAsked<LastReading>(watch.rest, `/devices/${device}/reading`, READING_EVERY_MS).value;
	const known = history.at === "known" ? history.value : history.at === "failed" ? history.last : undefined;
	return (
		<Dialog title={device} isWide={true} onClose={onClose}>
			{children}
			<Reading asked={reading} />
			<h3>{text.lastDay}</h3>
			{history.at === "asking" ? <Loading /> : null}
			{history.at === "failed" ? <Notice tone="warn" title={text.historyFailed} /> : null}
			{known ? <History history={known} /> : null}
			{watch.may("trace-devices") ? <Frames watch={watch} device={device} /> : null}
		</Dialog>
	);
}

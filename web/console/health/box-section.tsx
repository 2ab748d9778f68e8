import type { Box } from "@kassahub/contracts/box.ts";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { dayAndTime, wholeNumber } from "../../kit/figures.ts";
import { Loading, Notice } from "../../kit/notice.tsx";
import { say } from "../../kit/toast.tsx";
import type { HubWatch } from "../hub-watch.ts";
import { bytesWords } from "./amounts.ts";
import { useAsked } from "./asked.ts";
import { LogDialog } from "./log-dialog.tsx";
import { healthWords } from "./words.ts";

const EVERY_MS = 15_000;

const Fact = ({ name, isBad = false, children }: { name: string; isBad?: boolean; children: ComponentChildren }) => (
	<div>
		<dt>{name}</dt>
		<dd class={isBad ? "bad-text" : ""}>{children}</dd>
	</div>
);

function Figures({ box }: { box: Box }) {
	const text = healthWords.value;
	const { cpu, power, memory, disk, clock } = box;
	return (
		<dl class="pairs">
			{cpu.busy === undefined ? null : (
				<Fact name={text.processor}>{text.busy(Math.round(cpu.busy * 100), cpu.cores)}</Fact>
			)}
			{cpu.celsius === undefined ? null : (
				<Fact name={text.temperature} isBad={cpu.celsius >= 80}>
					{wholeNumber(Math.round(cpu.celsius))} °C
				</Fact>
			)}
			{power === undefined ? null : (
				<Fact name={text.power} isBad={power.undervoltage || power.throttled}>
					{power.undervoltage ? text.powerWeak : power.undervoltageSeen ? text.powerWasWeak : text.powerGood}
					{power.throttled ? `, ${text.heldBack}` : ""}
				</Fact>
			)}
			{memory === undefined ? null : (
				<Fact name={text.memory} isBad={memory.availableBytes < memory.totalBytes / 10}>
					{text.free(bytesWords(memory.availableBytes), bytesWords(memory.totalBytes))}
				</Fact>
			)}
			<Fact name={text.disk} isBad={disk.freeBytes < 1024 ** 3}>
				{text.free(bytesWords(disk.freeBytes), bytesWords(disk.totalBytes))}
			</Fact>
			{disk.writtenBytesPerHour === undefined ? null : (
				<Fact name={text.written}>{text.perHour(bytesWords(disk.writtenBytesPerHour))}</Fact>
			)}
			{disk.lifeUsed === undefined ? null : (
				<Fact name={text.life} isBad={disk.lifeUsed >= 0.9}>
					{text.lifeUsed(Math.round(disk.lifeUsed * 100))}
				</Fact>
			)}
			<Fact name={text.clock} isBad={clock.quality === "unsynchronised"}>
				{text.clockQuality[clock.quality]}
				{clock.jumps > 0 ? `, ${text.jumps(clock.jumps)}` : ""}
			</Fact>
			<Fact name={text.runs}>{dayAndTime(Date.parse(box.at) - box.uptimeSeconds * 1000)}</Fact>
		</dl>
	);
}

function PartsTable({ parts }: { parts: Box["parts"] }) {
	const text = healthWords.value;
	return (
		<table class="table">
			<thead>
				<tr>
					<th scope="col">{text.part}</th>
					<th scope="col" class="number">
						{text.memory}
					</th>
					<th scope="col" class="number">
						{text.restarts}
					</th>
				</tr>
			</thead>
			<tbody>
				{parts.map(({ name, pid, memoryBytes, restarts, lastStop }) => (
					<tr key={name}>
						<td>
							{name}
							{pid === undefined ? <span class="bad-text"> {text.stopped}</span> : null}
							{lastStop ? <p class="soft small">{text.lastStop(dayAndTime(lastStop.at), lastStop.reason)}</p> : null}
						</td>
						<td class="number">{memoryBytes === undefined ? "–" : bytesWords(memoryBytes)}</td>
						<td class="number">{wholeNumber(restarts)}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

async function saveBundle(watch: HubWatch): Promise<void> {
	try {
		const url = URL.createObjectURL(await watch.rest.file("/bundle"));
		const link = document.createElement("a");
		link.href = url;
		link.download = `kassahub-${watch.shop.value?.id ?? "hub"}-${new Date().toISOString().slice(0, 10)}.zip`;
		link.click();
		setTimeout(() => URL.revokeObjectURL(url), 60_000);
		say(healthWords.value.bundled);
	} catch {
		say(healthWords.value.bundleFailed, "bad");
	}
}

/** The machine itself: what of it matters to a person, its log, and the file for a technician. */
export function BoxSection({ watch }: { watch: HubWatch }) {
	const text = healthWords.value;
	const asked = useAsked<Box>(watch.rest, "/box", EVERY_MS).value;
	const isReading = useSignal(false);
	const isBundling = useSignal(false);
	const box = asked.at === "known" ? asked.value : asked.at === "failed" ? asked.last : undefined;
	return (
		<section class="card">
			<div class="card-head">
				<h2>{text.box}</h2>
				{box?.model ? <span class="soft small">{box.model}</span> : null}
			</div>
			{asked.at === "asking" ? <Loading /> : null}
			{asked.at === "failed" ? <Notice tone="warn" title={text.boxFailed} /> : null}
			{box ? <Figures box={box} /> : null}
			{box ? <PartsTable parts={box.parts} /> : null}
			{watch.may("see-logs") ? (
				<>
					<div class="row">
						<button
							type="button"
							class="button"
							onClick={() => {
								isReading.value = true;
							}}
						>
							{text.logs}
						</button>
						<button
							type="button"
							class="button"
							disabled={isBundling.value}
							onClick={() => {
								isBundling.value = true;
								void saveBundle(watch).finally(() => {
									isBundling.value = false;
								});
							}}
						>
							{isBundling.value ? text.bundling : text.bundle}
						</button>
					</div>
					<p class="soft small">{text.bundleWhy}</p>
				</>
			) : null}
			{isReading.value ? (
				<LogDialog
					watch={watch}
					parts={box?.parts.map(({ name }) => name) ?? []}
					onClose={() => {
						isReading.value = false;
					}}
				/>
			) : null}
		</section>
	);
}

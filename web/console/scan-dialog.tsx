import type { Proposal } from "@kassahub/contracts/device-proposal.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Dialog } from "../kit/dialog.tsx";
import { faultWords } from "../kit/fault-words.ts";
import { kitWords } from "../kit/language.ts";
import { Empty, Loading, Notice } from "../kit/notice.tsx";
import { RestRefused } from "../kit/rest.ts";
import { say } from "../kit/toast.tsx";
import { FormFault } from "./form.tsx";
import type { HubWatch } from "./hub-watch.ts";
import { submitted } from "./submitted.ts";
import { words } from "./words.ts";
import { yamlOf } from "./yaml.ts";

const WAIT_MS = 60_000;

/** What a search gave, or why it gave nothing. */
type Search = { found: readonly Proposal[] } | { failure: string };

async function search(watch: HubWatch): Promise<Search> {
	try {
		const action = { action: "scan" };
		const answer = await watch.rest.post<Partial<Result>>(`/devices/bridge/commands?wait=${WAIT_MS}`, action);
		if (answer.status === "done") return { found: answer.found ?? [] };
		return { failure: faultWords(answer.fault?.code ?? "DEVICE_UNREACHABLE").sentence };
	} catch (error) {
		if (error instanceof RestRefused) return { failure: faultWords(error.problem.code).sentence };
		if (error instanceof TypeError) return { failure: kitWords.value.unreachable };
		throw error;
	}
}

export function ScanDialog({ watch, onClose }: { watch: HubWatch; onClose: () => void }) {
	const text = words.value;
	const result = useSignal<Search | undefined>(undefined);
	const start = (): void => {
		result.value = undefined;
		void search(watch).then((searched) => {
			result.value = searched;
		});
	};
	useEffect(start, []);
	return (
		<Dialog title={text.scanTitle} onClose={onClose} isWide={true}>
			<div class="stack" aria-live="polite">
				{result.value === undefined ? (
					<>
						<p>{text.scanning}</p>
						<Loading />
					</>
				) : (
					<Searched watch={watch} result={result.value} />
				)}
				<button type="button" class="button" data-first disabled={result.value === undefined} onClick={start}>
					{text.scanAgain}
				</button>
			</div>
		</Dialog>
	);
}

function Searched({ watch, result }: { watch: HubWatch; result: Search }) {
	const text = words.value;
	if ("failure" in result) return <Notice tone="bad" title={text.scanFailed} text={result.failure} />;
	const { found } = result;
	if (found.length === 0) return <Empty icon="search" title={text.scanNothing} text={text.scanNothingText} />;
	return (
		<>
			{found.some((proposal) => !proposal.usedBy) ? <p class="soft">{text.scanHow}</p> : null}
			<ul class="stack">
				{found.map((proposal) => (
					<Found key={`${proposal.name} ${proposal.entry.link}`} watch={watch} proposal={proposal} />
				))}
			</ul>
		</>
	);
}

function Found({ watch, proposal }: { watch: HubWatch; proposal: Proposal }) {
	const text = words.value;
	const { name, entry, title, because, usedBy } = proposal;
	const yaml = yamlOf(name, entry);
	const isAdded = useSignal(false);
	const fault = useSignal("");
	const isBusy = useSignal(false);
	const add = () =>
		submitted({ fault, isBusy }, async () => {
			await watch.rest.put(`/config/devices/${name}`, entry);
			isAdded.value = true;
			say(text.deviceAdded(name));
			await watch.look();
		});
	return (
		<li class="found">
			<p>
				<strong>{title}</strong> <span class="soft">{usedBy ? text.usedBy(usedBy) : because}</span>
			</p>
			{usedBy ? null : (
				<div class="found-entry">
					<pre>{yaml}</pre>
					{watch.may("change-devices") ? (
						<button
							type="button"
							class="button primary"
							aria-label={`${text.addDevice} ${name}`}
							disabled={isBusy.value || isAdded.value}
							onClick={() => void add()}
						>
							{isAdded.value ? text.added : text.addDevice}
						</button>
					) : null}
					<button
						type="button"
						class="button"
						aria-label={`${text.copy} ${name}`}
						onClick={() => {
							void navigator.clipboard.writeText(yaml).then(() => say(text.copied));
						}}
					>
						{text.copy}
					</button>
					<FormFault text={fault.value} />
				</div>
			)}
		</li>
	);
}

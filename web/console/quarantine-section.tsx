import type { Booking } from "@kassahub/contracts/booking.ts";
import type { QuarantineItem } from "@kassahub/contracts/quarantine-item.ts";
import type { Reason } from "@kassahub/contracts/reason.ts";
import { useSignal } from "@preact/signals";
import { Dialog } from "../kit/dialog.tsx";
import { faultWords } from "../kit/fault-words.ts";
import { dayAndTime } from "../kit/figures.ts";
import { kitWords } from "../kit/language.ts";
import { Empty, Loading } from "../kit/notice.tsx";
import { RestRefused } from "../kit/rest.ts";
import { say } from "../kit/toast.tsx";
import type { HubWatch } from "./hub-watch.ts";
import { words } from "./words.ts";

const pretty = (payload: string): string => {
	try {
		return JSON.stringify(JSON.parse(payload), null, 2);
	} catch {
		return payload;
	}
};

const Reasons = ({ reasons }: { reasons: readonly Reason[] }) => (
	<ul class="reasons">
		{reasons.map((reason) => (
			<li key={`${reason.field} ${reason.code}`}>
				<strong>{faultWords(reason.code).sentence}</strong> {reason.message}. <span class="soft">{reason.remedy}.</span>
			</li>
		))}
	</ul>
);

/** The message as it came, open to repair; what is booked from it stands in the journal like any other. */
function Repair({ watch, item, onClose }: { watch: HubWatch; item: QuarantineItem; onClose: () => void }) {
	const text = words.value;
	const payload = useSignal(pretty(item.payload));
	const wrong = useSignal<readonly Reason[]>([]);
	const fault = useSignal("");
	const isBusy = useSignal(false);
	const replay = async (): Promise<void> => {
		wrong.value = [];
		fault.value = "";
		let repaired: unknown;
		try {
			repaired = JSON.parse(payload.value);
		} catch {
			fault.value = text.notJson;
			return;
		}
		isBusy.value = true;
		try {
			const booking = await watch.rest.post<Booking>(`/quarantine/${item.number}/replay`, { payload: repaired });
			say(text.replayed(booking.number));
			onClose();
			await watch.look();
		} catch (error) {
			if (error instanceof RestRefused) {
				wrong.value = error.problem.reasons ?? [];
				fault.value = error.problem.reasons ? text.stillWrong : error.message;
			} else if (error instanceof TypeError) fault.value = kitWords.value.unreachable;
			else throw error;
		} finally {
			isBusy.value = false;
		}
	};
	return (
		<Dialog title={text.repairTitle(item.number)} isWide={true} onClose={onClose}>
			<p class="soft">
				{item.source} · {dayAndTime(item.at)} · {item.topic}
			</p>
			<Reasons reasons={item.reasons} />
			<label class="field">
				<span>{text.message}</span>
				<textarea
					class="input"
					rows={16}
					spellcheck={false}
					value={payload.value}
					onInput={(event) => {
						payload.value = event.currentTarget.value;
					}}
				/>
			</label>
			{fault.value ? (
				<div role="alert" class="replay-fault">
					<strong>{fault.value}</strong>
					<Reasons reasons={wrong.value} />
				</div>
			) : null}
			<button type="button" class="button primary large" disabled={isBusy.value} onClick={() => void replay()}>
				{text.replay}
			</button>
		</Dialog>
	);
}

export function QuarantineSection({ watch }: { watch: HubWatch }) {
	const text = words.value;
	const chosen = useSignal<QuarantineItem | undefined>(undefined);
	const open = watch.quarantine.value?.filter(({ resolvedAt }) => resolvedAt === null);
	return (
		<section class="card">
			<h2>{text.quarantine}</h2>
			{open === undefined ? <Loading /> : null}
			{open?.length === 0 ? <Empty icon="check" title={text.noQuarantine} text={text.noQuarantineText} /> : null}
			<ul>
				{open?.map((item) => (
					<li key={item.number} class="quarantined">
						<p>
							<strong>
								{item.number}. {text.kind[item.kind]}
							</strong>{" "}
							<span class="soft">
								{item.source} · {dayAndTime(item.at)}
							</span>
						</p>
						<Reasons reasons={item.reasons} />
						<button
							type="button"
							class="button"
							onClick={() => {
								chosen.value = item;
							}}
						>
							{text.repair}
						</button>
					</li>
				))}
			</ul>
			{chosen.value ? (
				<Repair
					watch={watch}
					item={chosen.value}
					onClose={() => {
						chosen.value = undefined;
					}}
				/>
			) : null}
		</section>
	);
}

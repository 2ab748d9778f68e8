import { useSignal } from "@preact/signals";
import { dayAndTime } from "../kit/figures.ts";
import { Icon } from "../kit/icon.tsx";
import { kitWords } from "../kit/language.ts";
import { Empty, Loading } from "../kit/notice.tsx";
import { RestRefused } from "../kit/rest.ts";
import { say } from "../kit/toast.tsx";
import type { HubWatch, Pairing } from "./hub-watch.ts";
import { PairDialog } from "./pair-dialog.tsx";
import { words } from "./words.ts";

function PairingRow({ watch, pairing }: { watch: HubWatch; pairing: Pairing }) {
	const text = words.value;
	const isAsked = useSignal(false);
	const isSelf = pairing.name === watch.name;
	const revoke = async (): Promise<void> => {
		if (!isAsked.value) {
			isAsked.value = true;
			return;
		}
		try {
			await watch.rest.delete(`/pairings/${pairing.name}`);
			say(text.revoked(pairing.name));
			await watch.look();
		} catch (error) {
			if (error instanceof RestRefused) say(error.message, "bad");
			else if (error instanceof TypeError) say(kitWords.value.unreachable, "bad");
			else throw error;
		}
	};
	return (
		<li class="pairing-row">
			<span>
				<strong>{pairing.name}</strong>
				<small class="soft">
					{text.pairKind[pairing.kind]} · {text.pairedSince(dayAndTime(pairing.pairedAt))}
				</small>
			</span>
			{isSelf ? <span class="soft">{text.itself}</span> : null}
			{isSelf || !watch.may("change-pairings") ? null : (
				<button
					type="button"
					class={isAsked.value ? "button danger" : "button"}
					aria-label={`${text.revoke}: ${pairing.name}`}
					onClick={() => void revoke()}
					onBlur={() => {
						isAsked.value = false;
					}}
				>
					{isAsked.value ? text.revokeSure : text.revoke}
				</button>
			)}
		</li>
	);
}

export function PairingsSection({ watch }: { watch: HubWatch }) {
	const text = words.value;
	const isPairing = useSignal(false);
	const pairings = watch.pairings.value;
	return (
		<section class="card">
			<div class="card-head">
				<h2>{text.pairings}</h2>
				{watch.may("change-pairings") ? (
					<button
						type="button"
						class="button primary"
						onClick={() => {
							isPairing.value = true;
						}}
					>
						<Icon name="plus" />
						{text.pairNew}
					</button>
				) : null}
			</div>
			{pairings === undefined ? <Loading /> : null}
			{pairings?.length === 0 ? <Empty icon="key" title={text.noPairings} /> : null}
			<ul>
				{pairings?.map((pairing) => (
					<PairingRow key={pairing.name} watch={watch} pairing={pairing} />
				))}
			</ul>
			{isPairing.value ? (
				<PairDialog
					watch={watch}
					onClose={() => {
						isPairing.value = false;
					}}
				/>
			) : null}
		</section>
	);
}

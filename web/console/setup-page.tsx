import type { Session } from "@kassahub/contracts/session.ts";
import type { Claim, SetupState } from "@kassahub/contracts/setup.ts";
import { useSignal } from "@preact/signals";
import { Wordmark } from "../kit/icon.tsx";
import { language } from "../kit/language.ts";
import type { Rest } from "../kit/rest.ts";
import { Switches } from "../kit/switches.tsx";
import { SecretField } from "./secret-field.tsx";
import { submitted } from "./submitted.ts";
import { words } from "./words.ts";

type Props = { rest: Rest; shop: SetupState["shop"]; onDone: (session: Session) => void };

/** A new box: what the shop is called, and who owns it. The console then shows what is left to do. */
export function SetupPage({ rest, shop, onDone }: Props) {
	const text = words.value;
	const shopName = useSignal(shop.name);
	const title = useSignal("");
	const passphrase = useSignal("");
	const pin = useSignal("");
	const fault = useSignal("");
	const isBusy = useSignal(false);
	const claim = () =>
		submitted({ fault, isBusy }, async () => {
			const body: Claim = {
				shopName: shopName.value.trim(),
				language: language.value,
				owner: {
					title: title.value.trim(),
					passphrase: passphrase.value,
					...(pin.value ? { pin: pin.value } : {}),
				},
			};
			onDone(await rest.post<Session>("/setup", body));
		});
	return (
		<main class="pairing">
			<div>
				<div class="row">
					<Wordmark />
					<span class="grow" />
					<Switches />
				</div>
				<h1>{text.setupTitle}</h1>
				<p>{text.setupHow}</p>
				<form
					class="stack"
					onSubmit={(event) => {
						event.preventDefault();
						void claim();
					}}
				>
					<label class="field">
						<span>{text.shopName}</span>
						<input
							class="input"
							required
							maxLength={48}
							autocomplete="organization"
							value={shopName.value}
							onInput={(event) => {
								shopName.value = event.currentTarget.value;
							}}
						/>
						<small class="soft">{text.shopNameHint}</small>
					</label>
					<label class="field">
						<span>{text.yourName}</span>
						<input
							class="input"
							required
							maxLength={48}
							autocomplete="name"
							value={title.value}
							onInput={(event) => {
								title.value = event.currentTarget.value;
							}}
						/>
						<small class="soft">{text.yourNameHint}</small>
					</label>
					<SecretField kind="passphrase" secret={passphrase} isRequired={true} />
					<SecretField kind="pin" secret={pin} />
					{fault.value ? (
						<p role="alert" class="bad-text">
							{fault.value}
						</p>
					) : null}
					<button type="submit" class="button primary large" disabled={isBusy.value}>
						{text.claim}
					</button>
				</form>
			</div>
		</main>
	);
}

import { nameFrom } from "@kassahub/contracts/person-name.ts";
import type { Session } from "@kassahub/contracts/session.ts";
import { useSignal } from "@preact/signals";
import { Wordmark } from "../kit/icon.tsx";
import type { Rest } from "../kit/rest.ts";
import { Switches } from "../kit/switches.tsx";
import { submitted } from "./submitted.ts";
import { words } from "./words.ts";

type Props = { rest: Rest; isAgain: boolean; onDone: (session: Session) => void; onPair: () => void };

/** The shop's door: a person by name and passphrase. */
export function SignInPage({ rest, isAgain, onDone, onPair }: Props) {
	const text = words.value;
	const name = useSignal("");
	const passphrase = useSignal("");
	const fault = useSignal("");
	const isBusy = useSignal(false);
	const signIn = () =>
		submitted({ fault, isBusy }, async () => {
			const body = { name: nameFrom(name.value), passphrase: passphrase.value };
			onDone(await rest.post<Session>("/session", body));
		});
	return (
		<main class="pairing">
			<div>
				<div class="row">
					<Wordmark />
					<span class="grow" />
					<Switches />
				</div>
				<h1>{isAgain ? text.signInAgain : text.signInTitle}</h1>
				<form
					class="stack"
					onSubmit={(event) => {
						event.preventDefault();
						void signIn();
					}}
				>
					<label class="field">
						<span>{text.signInName}</span>
						<input
							class="input"
							required
							autocomplete="username"
							autocapitalize="off"
							spellcheck={false}
							value={name.value}
							onInput={(event) => {
								name.value = event.currentTarget.value;
							}}
						/>
					</label>
					<label class="field">
						<span>{text.passphrase}</span>
						<input
							class="input"
							type="password"
							required
							autocomplete="current-password"
							value={passphrase.value}
							onInput={(event) => {
								passphrase.value = event.currentTarget.value;
							}}
						/>
					</label>
					{fault.value ? (
						<p role="alert" class="bad-text">
							{fault.value}
						</p>
					) : null}
					<button type="submit" class="button primary large" disabled={isBusy.value}>
						{text.signIn}
					</button>
				</form>
				<button type="button" class="button quiet" onClick={onPair}>
					{text.pairInstead}
				</button>
			</div>
		</main>
	);
}

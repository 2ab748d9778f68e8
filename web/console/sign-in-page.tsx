import { nameFrom } from "@kassahub/contracts/person-name.ts";
import type { Session } from "@kassahub/contracts/session.ts";
import { useSignal } from "@preact/signals";
import { Doorstep } from "../kit/doorstep.tsx";
import type { Rest } from "../kit/rest.ts";
import { Form } from "./form.tsx";
import { TextField } from "./text-field.tsx";
import { words } from "./words.ts";

type Props = { rest: Rest; isAgain: boolean; onDone: (session: Session) => void; onPair: () => void };

/** The shop's door: a person by name and passphrase. */
export function SignInPage({ rest, isAgain, onDone, onPair }: Props) {
	const text = words.value;
	const name = useSignal("");
	const passphrase = useSignal("");
	const signIn = async (): Promise<void> => {
		const body = { name: nameFrom(name.value), passphrase: passphrase.value };
		onDone(await rest.post<Session>("/session", body));
	};
	return (
		<Doorstep title={isAgain ? text.signInAgain : text.signInTitle}>
			<Form submit={text.signIn} send={signIn}>
				<TextField
					label={text.signInName}
					value={name}
					required
					autocomplete="username"
					autocapitalize="off"
					spellcheck={false}
				/>
				<TextField
					label={text.passphrase}
					value={passphrase}
					isSecret={true}
					required
					autocomplete="current-password"
				/>
			</Form>
			<button type="button" class="button quiet" onClick={onPair}>
				{text.pairInstead}
			</button>
		</Doorstep>
	);
}

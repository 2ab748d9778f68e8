import type { Session } from "@kassahub/contracts/session.ts";
import type { Claim, SetupState } from "@kassahub/contracts/setup.ts";
import { useSignal } from "@preact/signals";
import { Doorstep } from "../kit/doorstep.tsx";
import { language } from "../kit/language.ts";
import type { Rest } from "../kit/rest.ts";
import { Form } from "./form.tsx";
import { SecretField } from "./secret-field.tsx";
import { TextField } from "./text-field.tsx";
import { words } from "./words.ts";

type Props = { rest: Rest; shop: SetupState["shop"]; onDone: (session: Session) => void };

/** A new box: what the shop is called, and who owns it. The console then shows what is left to do. */
export function SetupPage({ rest, shop, onDone }: Props) {
	const text = words.value;
	const shopName = useSignal(shop.name);
	const title = useSignal("");
	const passphrase = useSignal("");
	const pin = useSignal("");
	const claim = async (): Promise<void> => {
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
	};
	return (
		<Doorstep title={text.setupTitle}>
			<p>{text.setupHow}</p>
			<Form submit={text.claim} send={claim}>
				<TextField
					label={text.shopName}
					hint={text.shopNameHint}
					value={shopName}
					required
					maxLength={48}
					autocomplete="organization"
				/>
				<TextField
					label={text.yourName}
					hint={text.yourNameHint}
					value={title}
					required
					maxLength={48}
					autocomplete="name"
				/>
				<SecretField kind="passphrase" secret={passphrase} isRequired={true} />
				<SecretField kind="pin" secret={pin} />
			</Form>
		</Doorstep>
	);
}

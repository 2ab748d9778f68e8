import type { Signal } from "@preact/signals";
import { words } from "./words.ts";

/** As contracts/person.ts has them. */
const PASSPHRASE_MIN = 12;
const PASSPHRASE_MAX = 256;
const PIN = "[0-9]{4,8}";

type Props = { kind: "passphrase" | "pin"; secret: Signal<string>; isSet?: boolean; isRequired?: boolean };

/** A passphrase or PIN to be: it is never shown again, so that left empty it stays as it is. */
export function SecretField({ kind, secret, isSet = false, isRequired = false }: Props) {
	const text = words.value;
	const hint = kind === "pin" ? text.pinHint : text.passphraseHint(PASSPHRASE_MIN);
	return (
		<label class="field">
			<span>{kind === "pin" ? text.pinOptional : text.passphrase}</span>
			<input
				class="input"
				type="password"
				autocomplete={kind === "pin" ? "off" : "new-password"}
				required={isRequired}
				{...(kind === "pin"
					? { inputmode: "numeric" as const, pattern: PIN }
					: { minLength: PASSPHRASE_MIN, maxLength: PASSPHRASE_MAX })}
				value={secret.value}
				onInput={(event) => {
					secret.value = event.currentTarget.value;
				}}
			/>
			<small class="soft">{isSet ? `${text.secretIsSet} ${hint}` : hint}</small>
		</label>
	);
}

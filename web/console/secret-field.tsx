import type { Signal } from "@preact/signals";
import { TextField } from "./text-field.tsx";
import { words } from "./words.ts";

/** As contracts/person.ts has them. */
const PASSPHRASE_MIN = 12;
const PASSPHRASE_MAX = 256;
const PIN = "[0-9]{4,8}";

type Props = { kind: "passphrase" | "pin"; secret: Signal<string>; isSet?: boolean; isRequired?: boolean };

/** A passphrase or PIN to be: it is never shown again, so that left empty it stays as it is. */
export function SecretField({ kind, secret, isSet = false, isRequired = false }: Props) {
	const text = words.value;
	const rule = kind === "pin" ? text.pinHint : text.passphraseHint(PASSPHRASE_MIN);
	const hint = isSet ? `${text.secretIsSet} ${rule}` : rule;
	const shared = { value: secret, hint, isSecret: true, required: isRequired };
	return kind === "pin" ? (
		<TextField {...shared} label={text.pinOptional} autocomplete="off" inputmode="numeric" pattern={PIN} />
	) : (
		<TextField
			{...shared}
			label={text.passphrase}
			autocomplete="new-password"
			minLength={PASSPHRASE_MIN}
			maxLength={PASSPHRASE_MAX}
		/>
	);
}

import type { Person } from "@kassahub/contracts/person.ts";
import { nameFrom } from "@kassahub/contracts/person-name.ts";
import { type Role, roles } from "@kassahub/contracts/role.ts";
import { useSignal } from "@preact/signals";
import { Dialog } from "../kit/dialog.tsx";
import { say } from "../kit/toast.tsx";
import { Form, FormFault } from "./form.tsx";
import type { HubWatch } from "./hub-watch.ts";
import { SecretField } from "./secret-field.tsx";
import { submitted } from "./submitted.ts";
import { TextField } from "./text-field.tsx";
import { words } from "./words.ts";

type Props = { watch: HubWatch; person: Person | undefined; onClose: () => void };

/** Adds somebody, or changes what they are called, their role, or what they sign in with. */
export function PersonDialog({ watch, person, onClose }: Props) {
	const text = words.value;
	const title = useSignal(person?.title ?? "");
	const role = useSignal<Role>(person?.role ?? "cashier");
	const passphrase = useSignal("");
	const pin = useSignal("");
	const name = person?.name ?? nameFrom(title.value);
	const save = async (): Promise<void> => {
		await watch.rest.put(`/people/${name}`, { title: title.value.trim(), role: role.value });
		if (passphrase.value) await watch.rest.put(`/people/${name}/passphrase`, { secret: passphrase.value });
		if (pin.value) await watch.rest.put(`/people/${name}/pin`, { secret: pin.value });
		await watch.look();
		say(text.personSaved(title.value.trim()));
		onClose();
	};
	return (
		<Dialog title={person ? person.title : text.addPerson} onClose={onClose}>
			<Form submit={text.save} send={save}>
				<TextField label={text.name} value={title} data-first required maxLength={48} autocomplete="off" />
				<label class="field">
					<span>{text.roleLabel}</span>
					<select
						class="input"
						value={role.value}
						onChange={(event) => {
							role.value = event.currentTarget.value as Role;
						}}
					>
						{roles.map((one) => (
							<option key={one} value={one}>
								{text.role[one]}
							</option>
						))}
					</select>
					<small class="soft">{text.roleHint[role.value]}</small>
				</label>
				<SecretField kind="passphrase" secret={passphrase} isSet={person?.hasPassphrase ?? false} />
				<SecretField kind="pin" secret={pin} isSet={person?.hasPin ?? false} />
			</Form>
			{person ? <Remove watch={watch} person={person} onDone={onClose} /> : null}
		</Dialog>
	);
}

/** Asked twice: whoever is taken away is signed out everywhere at once. */
function Remove({ watch, person, onDone }: { watch: HubWatch; person: Person; onDone: () => void }) {
	const text = words.value;
	const isSure = useSignal(false);
	const fault = useSignal("");
	const isBusy = useSignal(false);
	const remove = async (): Promise<void> => {
		await watch.rest.delete(`/people/${person.name}`);
		await watch.look();
		say(text.personRemoved(person.title));
		onDone();
	};
	return (
		<>
			<FormFault text={fault.value} />
			<button
				type="button"
				class={isSure.value ? "button danger" : "button"}
				disabled={isBusy.value}
				onClick={() => {
					if (isSure.value) void submitted({ fault, isBusy }, remove);
					isSure.value = true;
				}}
			>
				{isSure.value ? text.revokeSure : text.removePerson}
			</button>
		</>
	);
}

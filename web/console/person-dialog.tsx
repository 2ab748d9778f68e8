import type { Person } from "@kassahub/contracts/person.ts";
import { nameFrom } from "@kassahub/contracts/person-name.ts";
import { type Role, roles } from "@kassahub/contracts/role.ts";
import { useSignal } from "@preact/signals";
import { Dialog } from "../kit/dialog.tsx";
import { say } from "../kit/toast.tsx";
import type { HubWatch } from "./hub-watch.ts";
import { SecretField } from "./secret-field.tsx";
import { submitted } from "./submitted.ts";
import { words } from "./words.ts";

type Props = { watch: HubWatch; person: Person | undefined; onClose: () => void };

/** Adds somebody, or changes what they are called, their role, or what they sign in with. */
export function PersonDialog({ watch, person, onClose }: Props) {
	const text = words.value;
	const title = useSignal(person?.title ?? "");
	const role = useSignal<Role>(person?.role ?? "cashier");
	const passphrase = useSignal("");
	const pin = useSignal("");
	const isSure = useSignal(false);
	const fault = useSignal("");
	const isBusy = useSignal(false);
	const name = person?.name ?? nameFrom(title.value);
	const save = () =>
		submitted({ fault, isBusy }, async () => {
			await watch.rest.put(`/people/${name}`, { title: title.value.trim(), role: role.value });
			if (passphrase.value) await watch.rest.put(`/people/${name}/passphrase`, { secret: passphrase.value });
			if (pin.value) await watch.rest.put(`/people/${name}/pin`, { secret: pin.value });
			await watch.look();
			say(text.personSaved(title.value.trim()));
			onClose();
		});
	const remove = () =>
		submitted({ fault, isBusy }, async () => {
			if (!isSure.value) {
				isSure.value = true;
				return;
			}
			await watch.rest.delete(`/people/${name}`);
			await watch.look();
			say(text.personRemoved(title.value));
			onClose();
		});
	return (
		<Dialog title={person ? person.title : text.addPerson} onClose={onClose}>
			<form
				class="stack"
				onSubmit={(event) => {
					event.preventDefault();
					void save();
				}}
			>
				<label class="field">
					<span>{text.name}</span>
					<input
						class="input"
						data-first
						required
						maxLength={48}
						autocomplete="off"
						value={title.value}
						onInput={(event) => {
							title.value = event.currentTarget.value;
						}}
					/>
				</label>
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
				{fault.value ? (
					<p role="alert" class="bad-text">
						{fault.value}
					</p>
				) : null}
				<button type="submit" class="button primary large" disabled={isBusy.value}>
					{text.save}
				</button>
				{person ? (
					<button
						type="button"
						class={isSure.value ? "button danger" : "button"}
						disabled={isBusy.value}
						onClick={() => void remove()}
					>
						{isSure.value ? text.revokeSure : text.removePerson}
					</button>
				) : null}
			</form>
		</Dialog>
	);
}

import type { Person } from "@kassahub/contracts/person.ts";
import { useSignal } from "@preact/signals";
import { Icon } from "../kit/icon.tsx";
import { Empty, Loading } from "../kit/notice.tsx";
import type { HubWatch } from "./hub-watch.ts";
import { PersonDialog } from "./person-dialog.tsx";
import { words } from "./words.ts";

/** Who works here, what they are in the shop, and what they sign in with. */
export function PeopleSection({ watch }: { watch: HubWatch }) {
	const text = words.value;
	const people = watch.people.value;
	const changing = useSignal<Person | "new" | undefined>(undefined);
	return (
		<section class="card">
			<div class="card-head">
				<h2>{text.people}</h2>
				{watch.may("change-people") ? (
					<button
						type="button"
						class="button"
						onClick={() => {
							changing.value = "new";
						}}
					>
						<Icon name="plus" />
						{text.addPerson}
					</button>
				) : null}
			</div>
			{people === undefined ? <Loading /> : null}
			{people?.length === 0 ? <Empty icon="badge" title={text.noPeople} text={text.noPeopleText} /> : null}
			<ul>
				{people?.map((person) => (
					<li key={person.name} class="pairing-row">
						<span>
							<strong>{person.title}</strong>
							<small class="soft">{[text.role[person.role], ...waysIn(person)].join(" · ")}</small>
						</span>
						{watch.may("change-people") ? (
							<button
								type="button"
								class="button"
								aria-label={`${text.changePerson}: ${person.title}`}
								onClick={() => {
									changing.value = person;
								}}
							>
								{text.changePerson}
							</button>
						) : null}
					</li>
				))}
			</ul>
			{changing.value ? (
				<PersonDialog
					watch={watch}
					person={changing.value === "new" ? undefined : changing.value}
					onClose={() => {
						changing.value = undefined;
					}}
				/>
			) : null}
		</section>
	);
}

function waysIn({ hasPassphrase, hasPin, hasBadge }: Person): string[] {
	const text = words.value;
	const ways = [hasPassphrase ? text.passphrase : "", hasPin ? text.pin : "", hasBadge ? text.badge : ""].filter(
		Boolean,
	);
	return ways.length > 0 ? ways : [text.noWayIn];
}

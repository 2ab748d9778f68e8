import { longDay } from "../kit/figures.ts";
import { Icon } from "../kit/icon.tsx";
import { localDay } from "../kit/local-time.ts";
import type { OfficeWatch } from "./office-watch.ts";
import { words } from "./words.ts";

/** A day later or earlier, at noon so that summer time changes nothing. */
function moveDay(day: string, by: number): string {
	const date = new Date(`${day}T12:00:00`);
	date.setDate(date.getDate() + by);
	return localDay(date);
}

/** `shown`: the day of the figures; today is the shops' today, which the server knows. */
export function DayPicker({ watch, shown }: { watch: OfficeWatch; shown: string }) {
	const text = words.value;
	const isToday = watch.day.value === undefined;
	return (
		<div class="day-picker">
			<button
				type="button"
				class="button icon-only"
				aria-label={text.previousDay}
				onClick={() => {
					watch.day.value = moveDay(shown, -1);
				}}
			>
				<span class="turn left">
					<Icon name="chevron" />
				</span>
			</button>
			<span class="day" aria-live="polite">
				{longDay(`${shown}T12:00:00`)}
			</span>
			<button
				type="button"
				class="button icon-only"
				aria-label={text.nextDay}
				disabled={isToday}
				onClick={() => {
					const next = moveDay(shown, 1);
					watch.day.value = next >= localDay(new Date()) ? undefined : next;
				}}
			>
				<span class="turn right">
					<Icon name="chevron" />
				</span>
			</button>
			<button
				type="button"
				class="button"
				aria-pressed={isToday}
				onClick={() => {
					watch.day.value = undefined;
				}}
			>
				{text.today}
			</button>
		</div>
	);
}

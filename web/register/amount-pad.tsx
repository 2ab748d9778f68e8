import type { Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../kit/icon.tsx";
import { SCANNED } from "./key-capture.ts";
import { typeCents } from "./keypad.ts";
import { SCAN_WITHIN_MS } from "./scan.ts";
import { words } from "./words.ts";

const KEYS = ["7", "8", "9", "4", "5", "6", "1", "2", "3", "00", "0", "back"];
const AMOUNT_MAX = 10_000_000;

/** A till's keypad for an amount in cents; while it is shown, a keyboard's digits work too. */
export function AmountPad({ cents }: { cents: Signal<number> }) {
	useEffect(() => {
		let before = cents.value;
		let typedMs = Number.NEGATIVE_INFINITY;
		const type = (event: KeyboardEvent): void => {
			if (event.timeStamp - typedMs > SCAN_WITHIN_MS) before = cents.value;
			typedMs = event.timeStamp;
			typeOnPad(cents, event);
		};
		const takeBack = (): void => {
			cents.value = before;
		};
		document.addEventListener("keydown", type);
		document.addEventListener(SCANNED, takeBack);
		return () => {
			document.removeEventListener("keydown", type);
			document.removeEventListener(SCANNED, takeBack);
		};
	}, [cents]);
	const press = (key: string): void => {
		cents.value = typeCents(cents.value, key, AMOUNT_MAX);
	};
	return (
		<div class="pad">
			{KEYS.map((key) => (
				<button
					key={key}
					type="button"
					class="button"
					aria-label={key === "back" ? words.value.remove : key}
					onClick={() => press(key)}
				>
					{key === "back" ? <Icon name="back" /> : key}
				</button>
			))}
		</div>
	);
}

/** Digits and Backspace of a keyboard as keys of the pad, except where a field is typed in. */
function typeOnPad(cents: Signal<number>, event: KeyboardEvent): void {
	if (event.target instanceof HTMLInputElement) return;
	const key = event.key === "Backspace" ? "back" : event.key;
	if (key !== "back" && !/^\d$/.test(key)) return;
	event.preventDefault();
	cents.value = typeCents(cents.value, key, AMOUNT_MAX);
}

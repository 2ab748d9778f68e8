import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { kitWords } from "./language.ts";

type Toast = { key: number; text: string; tone: "plain" | "bad"; about: string };

const SHOWN_MS = 4500;
const SHOWN_BAD_MS = 9000;

const toasts = signal<readonly Toast[]>([]);
let lastKey = 0;

/** Says something in passing; faults stay twice as long. It takes the place of what was said `about` the same before. */
export function say(text: string, tone: Toast["tone"] = "plain", about = text): void {
	const toast = { key: ++lastKey, text, tone, about };
	toasts.value = [...toasts.value.filter((other) => other.about !== about), toast].slice(-3);
	setTimeout(() => dismiss(toast.key), tone === "bad" ? SHOWN_BAD_MS : SHOWN_MS);
}

const dismiss = (key: number): void => {
	toasts.value = toasts.value.filter((toast) => toast.key !== key);
};

export function Toasts() {
	const element = useRef<HTMLDivElement>(null);
	const count = toasts.value.length;
	// As a popover it lies in the top layer, also over an open dialog.
	useEffect(() => {
		const layer = element.current;
		if (!layer?.showPopover) return;
		if (layer.matches(":popover-open")) layer.hidePopover();
		if (count > 0) layer.showPopover();
	}, [count, toasts.value]);
	return (
		<div ref={element} class="toasts" role="status" popover="manual">
			{toasts.value.map((toast) => (
				<div key={toast.key} class={`toast ${toast.tone}`}>
					<span>{toast.text}</span>
					<button
						type="button"
						class="button icon-only"
						aria-label={kitWords.value.close}
						onClick={() => dismiss(toast.key)}
					>
						<Icon name="close" />
					</button>
				</div>
			))}
		</div>
	);
}

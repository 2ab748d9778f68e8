import { ScanBuffer } from "./scan.ts";

/** Told to the document when what looked like typing was a scan, so that a keypad can take it back. */
export const SCANNED = "scanned";

/**
 * Listens to every key of the page: a scanner's burst becomes a code wherever the focus is, and never ends up in a
 * field; a person's letter outside any field starts a search.
 */
export function captureKeys(heard: {
	scanned: (code: string) => void;
	searchField: () => HTMLInputElement | null;
}): void {
	const buffer = new ScanBuffer();
	let before: { field: HTMLInputElement | HTMLTextAreaElement; text: string } | undefined;
	document.addEventListener(
		"keydown",
		(event) => {
			if (event.ctrlKey || event.metaKey || event.altKey) return;
			const field = fieldOf(event.target);
			const code = buffer.push(event.key, event.timeStamp);
			if (code !== undefined) {
				event.preventDefault();
				event.stopPropagation();
				if (before) putBack(before.field, before.text);
				document.dispatchEvent(new Event(SCANNED));
				heard.scanned(code);
				return;
			}
			if (buffer.length === 1) before = field ? { field, text: field.value } : undefined;
			const isLetter = event.key.length === 1 && event.key !== " ";
			if (isLetter && !field && !document.querySelector("dialog[open]")) {
				const search = heard.searchField();
				if (!search) return;
				if (buffer.length === 1) before = { field: search, text: search.value };
				search.focus();
			}
		},
		{ capture: true },
	);
}

const fieldOf = (target: EventTarget | null): HTMLInputElement | HTMLTextAreaElement | undefined =>
	target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target : undefined;

function putBack(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
	field.value = text;
	field.dispatchEvent(new Event("input", { bubbles: true }));
}

import type { KitWords } from "./nl.ts";

export const en: KitWords = {
	close: "Close",
	language: "Nederlands",
	languageLabel: "Zet op Nederlands",
	themeLight: "Light display",
	themeDark: "Dark display",
	loading: "Loading",
	retry: "Try again",
	notPaired: "This page is not paired yet",
	notPairedRegister:
		"Open “Pairings” in the hub’s console and choose “Pair a register”. Scan the QR code with this tablet, or type the six digits below.",
	notPairedConsole:
		"Only who has a key of their own sees this page. Make one on the hub with `kassahub pair`, or let a colleague make a code in the console.",
	codeLabel: "Pairing code",
	codeHint: "Six digits; or paste a pairing link.",
	pair: "Pair this page",
	pasteInvalid: "This is no pairing code: it has six digits.",
	refused: "The hub no longer knows this key",
	refusedWhy: "The pairing was revoked or replaced. Pair again to go on; sales on this device are kept.",
	unreachable: "The hub is out of reach",
	unreachableWhy: "Check the network; it reconnects by itself.",
	otherTab: "The register is open in another tab",
	otherTabWhy: "So that a sale can be made in one place only.",
	useHere: "Go on here",
	unit: { pcs: "pcs", kg: "kg", l: "l", m: "m" },
};

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
		"Each register has a key of its own. In the hub's console open “Pairings”, choose “Pair a register” and scan the QR code with this tablet.",
	notPairedConsole: "Only a technician with a key sees this page. Make one on the hub itself:",
	notPairedElse: "Or run this command on the hub and paste the answer below:",
	pasteLabel: "Pairing code (JSON or link)",
	pair: "Pair this page",
	pasteInvalid: "This is no pairing code. Paste the whole answer, from { to }.",
	refused: "The hub no longer knows this key",
	refusedWhy: "The pairing was revoked or replaced. Pair again to go on; sales on this device are kept.",
	unreachable: "The hub is out of reach",
	unreachableWhy: "Check the network; it reconnects by itself.",
	otherTab: "The register is open in another tab",
	otherTabWhy: "So that a sale can be made in one place only.",
	useHere: "Go on here",
	unit: { pcs: "pcs", kg: "kg", l: "l", m: "m" },
};

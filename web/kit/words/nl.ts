export const nl = {
	close: "Sluiten",
	language: "English",
	languageLabel: "Switch to English",
	themeLight: "Lichte weergave",
	themeDark: "Donkere weergave",
	loading: "Bezig met laden",
	retry: "Probeer opnieuw",
	notPaired: "Deze pagina is nog niet gekoppeld",
	notPairedRegister:
		"Elke kassa heeft haar eigen sleutel. Open in de console van de hub “Koppelingen”, kies “Kassa koppelen” en scan de QR-code met deze tablet.",
	notPairedConsole: "Alleen een technicus met een eigen sleutel ziet deze pagina. Maak er een op de hub zelf:",
	notPairedElse: "Of geef op de hub dit commando en plak het antwoord hieronder:",
	pasteLabel: "Koppelcode (JSON of link)",
	pair: "Koppel deze pagina",
	pasteInvalid: "Dit is geen koppelcode. Plak het hele antwoord, van { tot en met }.",
	refused: "De hub herkent deze sleutel niet meer",
	refusedWhy:
		"De koppeling is ingetrokken of vervangen. Koppel opnieuw om verder te gaan; verkopen op dit apparaat blijven bewaard.",
	unreachable: "De hub is niet bereikbaar",
	unreachableWhy: "Controleer het netwerk; er wordt vanzelf opnieuw verbonden.",
	otherTab: "De kassa is in een ander tabblad geopend",
	otherTabWhy: "Zo kan elke verkoop maar op één plek tegelijk gebeuren.",
	useHere: "Hier verdergaan",
	unit: { pcs: "st", kg: "kg", l: "l", m: "m" },
};
export type KitWords = typeof nl;

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
		"Open in de console van de hub “Koppelingen” en kies “Kassa koppelen”. Scan de QR-code met deze tablet, of typ de zes cijfers hieronder.",
	notPairedConsole:
		"Alleen wie een eigen sleutel heeft, ziet deze pagina. Maak er op de hub een met `kassahub pair`, of laat een collega in de console een code maken.",
	codeLabel: "Koppelcode",
	codeHint: "Zes cijfers; of plak een koppellink.",
	pair: "Koppel deze pagina",
	pasteInvalid: "Dit is geen koppelcode: het zijn zes cijfers.",
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

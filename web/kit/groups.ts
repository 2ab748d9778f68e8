import { language } from "./language.ts";

type Group = { hue: number; nl: string; en: string };

/** Product groups with words and a colour of their own; any other group gets both from its slug. */
const known: Record<string, Group> = {
	"groente-fruit": { hue: 140, nl: "Groente & fruit", en: "Fruit & veg" },
	kaas: { hue: 94, nl: "Kaas", en: "Cheese" },
	vleeswaren: { hue: 20, nl: "Vleeswaren", en: "Cold cuts" },
	"olijven-antipasti": { hue: 118, nl: "Olijven & antipasti", en: "Olives & antipasti" },
	traiteur: { hue: 292, nl: "Traiteur", en: "Ready dishes" },
	"brood-banket": { hue: 76, nl: "Brood & banket", en: "Bread & pastry" },
	"noten-zuidvruchten": { hue: 60, nl: "Noten & zuidvruchten", en: "Nuts & dried fruit" },
	zoet: { hue: 345, nl: "Zoet", en: "Sweet" },
	"conserven-pasta": { hue: 162, nl: "Conserven & pasta", en: "Preserves & pasta" },
	"koffie-thee": { hue: 44, nl: "Koffie & thee", en: "Coffee & tea" },
	wijn: { hue: 5, nl: "Wijn", en: "Wine" },
	"bier-sterk": { hue: 200, nl: "Bier & sterk", en: "Beer & spirits" },
	"frisdrank-sap": { hue: 222, nl: "Frisdrank & sap", en: "Soft drinks" },
	keuken: { hue: 250, nl: "Keuken", en: "Kitchen" },
	huishouden: { hue: 182, nl: "Huishouden", en: "Household" },
	cadeau: { hue: 318, nl: "Cadeau", en: "Gifts" },
	statiegeld: { hue: 272, nl: "Statiegeld & tassen", en: "Deposits & bags" },
};

const order = Object.keys(known);

export const groupName = (slug: string): string => {
	const group = known[slug];
	if (group) return group[language.value];
	const words = slug.replaceAll("-", " ");
	return words.charAt(0).toUpperCase() + words.slice(1);
};

/** An OKLCH hue in degrees, the same for the same slug on every screen. */
export const groupHue = (slug: string): number =>
	known[slug]?.hue ?? [...slug].reduce((hue, letter) => (hue * 31 + letter.charCodeAt(0)) % 360, 7);

/** Known groups first, in the order of a walk through the shop, then the others by name. */
export function compareGroups(a: string, b: string): number {
	const [placeA, placeB] = [order.indexOf(a), order.indexOf(b)];
	if (placeA >= 0 && placeB >= 0) return placeA - placeB;
	if (placeA >= 0 || placeB >= 0) return placeA >= 0 ? -1 : 1;
	return a.localeCompare(b);
}

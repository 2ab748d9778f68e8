import type { Element } from "./application-identifiers.ts";
import { BarcodeError } from "./barcode-error.ts";

/** What a GS1 code says of the article it is on, in the units of the books: grams and euro cents. */
export type Facts = {
	gtin?: string;
	grams?: number;
	price?: number;
	batch?: string;
	serial?: string;
	bestBefore?: string;
	expiry?: string;
};

/** ISO 4217. */
const EURO = "978";
const DIGITS_MAX = 12;

const invalid = (detail: string): BarcodeError => new BarcodeError("SCAN_GS1_INVALID", detail);

/** Dates have two digits for the year: `thisYear` decides the century. Throws SCAN_GS1_INVALID. */
export function factsOf(elements: readonly Element[], thisYear: number): Facts {
	const facts: Facts = {};
	for (const { ai, value } of elements) {
		const decimals = Number(ai.at(-1));
		const found: Facts = {};
		if (ai === "01") found.gtin = value;
		else if (ai === "10") found.batch = value;
		else if (ai === "21") found.serial = value;
		else if (ai === "15") found.bestBefore = decodeDate(value, thisYear);
		else if (ai === "17") found.expiry = decodeDate(value, thisYear);
		else if (/^310\d$/.test(ai)) found.grams = exactly(value, 3 - decimals, "grams");
		else if (/^392\d$/.test(ai)) found.price = exactly(value, 2 - decimals, "cents");
		else if (/^393\d$/.test(ai)) {
			if (!value.startsWith(EURO)) throw invalid("the price is not in euros");
			found.price = exactly(value.slice(3), 2 - decimals, "cents");
		}
		for (const name of Object.keys(found) as (keyof Facts)[]) {
			if (name in facts && facts[name] !== found[name]) throw invalid(`two different values of ${name}`);
		}
		Object.assign(facts, found);
	}
	if (facts.grams === undefined && elements.some(({ ai }) => /^320\d$/.test(ai)))
		throw invalid("the weight is in pounds");
	// An indicator of 9 is for articles that differ in weight or size: sold by the piece, the price would be anyone's guess.
	if (facts.gtin?.startsWith("9") && facts.grams === undefined && facts.price === undefined) {
		throw invalid("an article of variable measure, and no weight or price that can be counted");
	}
	return facts;
}

/** `digits` times ten to the `power`, where that is whole: a price of a tenth of a cent is no price of nought. */
function exactly(digits: string, power: number, unit: string): number {
	const dropped = power < 0 ? digits.slice(power) : "";
	const kept = power < 0 ? digits.slice(0, power) : digits + "0".repeat(power);
	if (/[1-9]/.test(dropped)) throw invalid(`not in whole ${unit}`);
	const significant = kept.replace(/^0+/, "");
	if (significant.length > DIGITS_MAX) throw invalid(`more ${unit} than can be`);
	return Number(significant);
}

/** YYMMDD to YYYY-MM-DD; day 00 is the last of the month. Years lie from 49 before to 50 after this one (§7.12). */
export function decodeDate(value: string, thisYear: number): string {
	const [year, month, day] = [Number(value.slice(0, 2)), Number(value.slice(2, 4)), Number(value.slice(4))];
	const away = year - (thisYear % 100);
	const century = Math.floor(thisYear / 100) + (away > 50 ? -1 : away < -49 ? 1 : 0);
	const fullYear = century * 100 + year;
	const lastDay = new Date(Date.UTC(fullYear, month, 0)).getUTCDate();
	if (month < 1 || month > 12 || day > lastDay) throw invalid(`${value} is no date`);
	const twoDigits = (number: number): string => String(number).padStart(2, "0");
	return `${fullYear}-${twoDigits(month)}-${twoDigits(day === 0 ? lastDay : day)}`;
}

/**
 * Cardholder data never enters (invariant 8). A terminal masks the numbers it sends; this makes sure of it, twice: what
 * the recorder keeps shows no run of digits that could hold a card number at all, what a receipt shows none that is one
 * (13 to 19 digits with a Luhn check digit, ISO/IEC 7812-1: a merchant's own number has to stay readable).
 */
const LENGTH_MIN = 13;
const LENGTH_MAX = 19;
/** Digits, parted at most by what texts, URLs and XML write for a space or a dash, or by the = of a magnetic stripe. */
const LONG_RUN = /\d(?:(?:[ .+=-]|%20|%2[dD]|&#32;|&#160;)?\d){12,}/g;
const DIGIT_GROUPS = /\d(?:[ -]?\d){12,}/g;

/** The text at the same length, with every long run of digits starred but the last four. */
export const starLongNumbers = (text: string): string => text.replace(LONG_RUN, starAllButFour);

/** The text at the same length, with every card number starred but the last four. */
export const starCardNumbers = (text: string): string => text.replace(DIGIT_GROUPS, starCardsAmong);

/** What a terminal says of a card's number, as it may be kept: stars and the last four digits, or nothing. */
export function lastFourOf(pan: string): string | undefined {
	const digits = /(\d{4})$/.exec(pan.trim())?.[1];
	return digits && `************${digits}`;
}

/** Any sequence of whole groups may be the number: `15-12-2026 4111 1111 1111 1111` holds one. */
function starCardsAmong(run: string): string {
	const groups = run.split(/([ -])/);
	for (let first = 0; first < groups.length; first += 2) {
		for (let end = groups.length; end > first; end -= 2) {
			const sequence = groups.slice(first, end).join("");
			if (!isCardNumber(sequence.replaceAll(/\D/g, ""))) continue;
			const before = groups.slice(0, first).join("");
			return before + starAllButFour(sequence) + starCardNumbers(groups.slice(end).join(""));
		}
	}
	return run;
}

function starAllButFour(run: string): string {
	let shown = "";
	let at = run.length;
	for (let digits = 0; digits < 4 && at > 0; ) {
		at--;
		shown = `${run[at]}${shown}`;
		if (/\d/.test(run[at] as string)) digits++;
	}
	return run.slice(0, at).replaceAll(/\d/g, "*") + shown;
}

function isCardNumber(digits: string): boolean {
	if (digits.length < LENGTH_MIN || digits.length > LENGTH_MAX) return false;
	let sum = 0;
	for (let place = 0; place < digits.length; place++) {
		const digit = Number(digits[digits.length - 1 - place]);
		sum += place % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
	}
	return sum % 10 === 0;
}

/**
 * Cardholder data never enters (invariant 8). A card number has 13 to 19 digits, a known issuer's first digits and a
 * Luhn check digit (ISO/IEC 7812-1), perhaps in groups parted by a space or a dash.
 * Visa 4; Mastercard 51-55 and 2221-2720; American Express 34, 37; Diners 30, 36, 38, 39; Maestro, UnionPay, Discover 50, 56-69.
 * The first digits keep receipt numbers that start with a year, and other long numbers, out of it.
 */
const ISSUER = /^(?:4|5|6|3[04-9]|22[2-9]|2[3-6]|27[01]|2720)/;
const DIGIT_GROUPS = /\d+(?:[ -]\d+)*/g;
export const CARD_NUMBER_LENGTH_MIN = 13;
const CARD_NUMBER_LENGTH_MAX = 19;

/** The text with every digit of its card numbers masked but the last four; the same text where it holds none. */
export function maskCardNumbers(text: string): string {
	if (text.length < CARD_NUMBER_LENGTH_MIN) return text;
	return text.replace(DIGIT_GROUPS, (run) => (run.length < CARD_NUMBER_LENGTH_MIN ? run : maskRun(run)));
}

export const holdsCardNumber = (text: string): boolean => maskCardNumbers(text) !== text;

/**
 * Any sequence of whole groups may be the number: `12 4111 1111 1111 1111` holds one. The longest is taken, and then
 * the rest is looked at anew: the four digits left may begin another.
 */
function maskRun(run: string): string {
	const groups = run.split(/([ -])/);
	for (let first = 0; first < groups.length; first += 2) {
		let digits = "";
		let last = -1;
		for (let index = first; index < groups.length && digits.length <= CARD_NUMBER_LENGTH_MAX; index += 2) {
			digits += groups[index];
			if (isCardNumber(digits)) last = index;
		}
		if (last < 0) continue;
		maskGroups(groups, first, last);
		return maskCardNumbers(groups.join(""));
	}
	return run;
}

function maskGroups(groups: string[], first: number, last: number): void {
	let shown = 4;
	for (let index = last; index >= first; index -= 2) {
		const group = groups[index] as string;
		const kept = Math.min(shown, group.length);
		groups[index] = "*".repeat(group.length - kept) + group.slice(group.length - kept);
		shown -= kept;
	}
}

function isCardNumber(digits: string): boolean {
	if (digits.length < CARD_NUMBER_LENGTH_MIN || digits.length > CARD_NUMBER_LENGTH_MAX || !ISSUER.test(digits))
		return false;
	let sum = 0;
	for (let place = 0; place < digits.length; place++) {
		const digit = digits.charCodeAt(digits.length - 1 - place) - 48;
		sum += place % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
	}
	return sum % 10 === 0;
}

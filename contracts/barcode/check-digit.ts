/** The GS1 check digit of a number without it: from the right, digits weigh 3 and 1 by turns (GS1 General Specifications §7.9). */
export function checkDigit(digits: string): number {
	let sum = 0;
	for (let index = 0; index < digits.length; index++) {
		sum += Number(digits[digits.length - 1 - index]) * (index % 2 === 0 ? 3 : 1);
	}
	return (10 - (sum % 10)) % 10;
}

export const withCheckDigit = (digits: string): string => `${digits}${checkDigit(digits)}`;

/** For a number of two digits or more, the last of which is its check digit. */
export const hasValidCheckDigit = (digits: string): boolean =>
	checkDigit(digits.slice(0, -1)) === Number(digits.at(-1));

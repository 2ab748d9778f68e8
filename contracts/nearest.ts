/** How many letters are changed, added, left out or swapped between two words (optimal string alignment). */
function distance(one: string, other: string): number {
	let before: number[] = [];
	let row = Array.from({ length: other.length + 1 }, (_, index) => index);
	for (let i = 1; i <= one.length; i++) {
		const next = [i];
		for (let j = 1; j <= other.length; j++) {
			const replaced = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
			const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
			const swapped = isSwapped ? (before[j - 2] as number) + 1 : Number.POSITIVE_INFINITY;
			next.push(Math.min(replaced, swapped, (row[j] as number) + 1, (next[j - 1] as number) + 1));
		}
		[before, row] = [row, next];
	}
	return row[other.length] as number;
}

/** A word longer than any that is known is no slip of the pen, and costs time to compare. */
const LETTERS_MAX = 64;

/** The known word that was probably meant: it differs in a third of its letters at most. */
export function nearest(word: string, known: readonly string[]): string | undefined {
	if (word.length > LETTERS_MAX) return undefined;
	const written = word.toLowerCase();
	const ranked = known
		.map((candidate) => ({ candidate, steps: distance(written, candidate.toLowerCase()) }))
		.filter(({ candidate, steps }) => steps <= Math.max(1, Math.floor(candidate.length / 3)))
		.sort((a, b) => a.steps - b.steps);
	return ranked[0]?.candidate;
}

/** Notes a customer may hand over, in cents. */
const NOTES = [500, 1000, 2000, 5000, 10_000];
const SHOWN_MAX = 5;

/** What a customer is likely to hand over for `due` cents: exactly that, then the next round sums of each note. */
export function quickAmounts(due: number): number[] {
	const round = NOTES.map((note) => Math.ceil(due / note) * note);
	return [...new Set([due, ...round])].sort((a, b) => a - b).slice(0, SHOWN_MAX);
}

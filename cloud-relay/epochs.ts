import type { Epoch } from "@kassahub/contracts/journal-head.ts";

/** How many rows there are after `acknowledged` up to `head`: a restored journal skips numbers. */
export function rowsBetween(acknowledged: number, head: number, epochs: readonly Epoch[]): number {
	let rows = head - acknowledged;
	for (const { after, first } of epochs) {
		if (first > head || first <= acknowledged) continue;
		rows -= first - 1 - Math.max(after, acknowledged);
	}
	return rows;
}

/** The rows that the cloud, which has row `acknowledged` last, has and a restored box has not. */
export function rowsLost(acknowledged: number, epochs: readonly Epoch[]): { first: number; last: number } | undefined {
	const epoch = epochs.findLast(({ after, first }) => after < acknowledged && acknowledged < first);
	return epoch && { first: epoch.after + 1, last: acknowledged };
}

/** Journal numbers of each register's last sales, oldest first: a journal of years is not searched for them. */
export type Recent = Map<string, number[]>;

export const RECENT_MAX = 200;

export function rememberSale(recent: Recent, register: string, number: number): void {
	const numbers = recent.get(register);
	if (numbers === undefined) {
		recent.set(register, [number]);
		return;
	}
	numbers.push(number);
	// Twice the room, so that only every 200th sale has to move them.
	if (numbers.length >= 2 * RECENT_MAX) numbers.splice(0, numbers.length - RECENT_MAX);
}

/** The last sales of one register, or of all, newest first, at most `limit` and RECENT_MAX. */
export function recentNumbers(recent: Recent, register: string | undefined, limit: number): number[] {
	const numbers = register === undefined ? [...recent.values()].flat() : [...(recent.get(register) ?? [])];
	return numbers.sort((a, b) => b - a).slice(0, Math.min(limit, RECENT_MAX));
}

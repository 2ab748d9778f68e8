const WAIT_MS_MIN = 500;
const WAIT_MS_MAX = 30_000;

/**
 * How long to wait before the next attempt, in ms: doubling from half a second to half a minute, and of that a random
 * part from half to whole, so that ten printers on one switch do not all come at once. `random` is in [0, 1).
 */
export function waitMs(failures: number, random: number): number {
	const whole = Math.min(WAIT_MS_MAX, WAIT_MS_MIN * 2 ** Math.min(failures, 20));
	return Math.round(whole * (0.5 + random / 2));
}

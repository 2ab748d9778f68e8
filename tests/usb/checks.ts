import { setTimeout as rest } from "node:timers/promises";

const CHECK_MS = 60_000;
let count = 0;
let failures = 0;

/** One promise, kept or not, as a line that scripts/usb-guest.js counts. */
export async function check(promise: string, prove: () => Promise<unknown>): Promise<void> {
	count++;
	const late = new AbortController();
	try {
		const note = await Promise.race([prove(), tooLate(late.signal)]);
		console.log(`ok ${count} - ${promise}${typeof note === "string" ? ` (${note})` : ""}`);
	} catch (error) {
		failures++;
		console.log(`not ok ${count} - ${promise}`);
		console.log(
			`# ${(error instanceof Error ? (error.stack ?? error.message) : String(error)).replaceAll("\n", "\n# ")}`,
		);
	} finally {
		late.abort();
	}
}

async function tooLate(signal: AbortSignal): Promise<never> {
	await rest(CHECK_MS, undefined, { signal, ref: false }).catch(() => new Promise<never>(() => undefined));
	throw new Error(`not within ${CHECK_MS / 1000} s`);
}

export const haveFailed = (): boolean => failures > 0;

/** Asks again and again until there is an answer; the check's own time bounds it. */
export async function until<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
	for (;;) {
		const found = await look();
		if (found) return found;
		await rest(50);
	}
}

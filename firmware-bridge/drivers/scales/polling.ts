import { DeviceError, fault } from "../../fault.ts";
import type { Identity } from "../../links/link.ts";
import { pause } from "../../pause.ts";
import type { Report, Weight } from "../driver.ts";

const MISSES_MAX = 3;
const REPEAT_MS = 5000;
const POLL_AWAY_MS = 1000;
/** A weight that its scale does not confirm within this time is taken back, whatever keeps the scale. */
const STALE_MS = 1500;

type Asking = { gone: Promise<DeviceError>; pollMs: number; report: Report };

/**
 * Asks a scale over and over until its link is gone. Whatever is doubtful is told to `doubt` at once; three such answers
 * in a row say what is wrong with the scale. Once it answers it is asked which one it is, and again after it was away.
 */
export async function keepAsking(
	scale: Asking & { ask: () => Promise<void>; doubt: () => void; identify?: (() => Promise<Identity>) | undefined },
): Promise<void> {
	const { report } = scale;
	let isGone = false;
	void scale.gone.then(() => {
		isGone = true;
	});
	let misses = 0;
	let isKnown = false;
	while (!isGone) {
		const stale = setTimeout(scale.doubt, STALE_MS);
		try {
			await scale.ask();
			misses = 0;
			report.condition({ state: "online" });
			if (scale.identify && !isKnown) {
				isKnown = true;
				report.condition({ state: "online", ...(await scale.identify()) });
			}
		} catch (error) {
			if (!(error instanceof DeviceError)) throw error;
			misses++;
			scale.doubt();
			if (misses >= MISSES_MAX) {
				isKnown = false;
				const state = error.code === "DEVICE_UNREACHABLE" ? "offline" : "degraded";
				report.condition({ state, fault: fault(error.code, error.detail) });
			}
		} finally {
			clearTimeout(stale);
		}
		const restMs = misses === 0 ? scale.pollMs : Math.min(scale.pollMs, POLL_AWAY_MS);
		await pause(misses >= MISSES_MAX ? POLL_AWAY_MS : restMs, scale.gone);
	}
}

/** Reports what a scale weighs whenever it changes, and every five seconds, so that a register may forget an old weight. */
export async function pollScale(
	scale: Asking & { weigh: () => Promise<Weight>; identify?: (() => Promise<Identity>) | undefined },
): Promise<void> {
	let told = "";
	let toldAt = 0;
	const tell = (weight: Weight): void => {
		const words = JSON.stringify(weight);
		if (words === told && performance.now() - toldAt < REPEAT_MS) return;
		told = words;
		toldAt = performance.now();
		scale.report.reading({ type: "weight", ...weight });
	};
	const doubt = (): void => tell({ state: "unknown" });
	await keepAsking({ ...scale, doubt, ask: async () => tell(await scale.weigh()) });
	doubt();
}

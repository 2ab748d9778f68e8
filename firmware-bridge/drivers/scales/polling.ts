import { DeviceError, fault } from "../../fault.ts";
import { pause } from "../../pause.ts";
import type { Report, Weight } from "../driver.ts";

const MISSES_MAX = 3;
const REPEAT_MS = 5000;
const POLL_AWAY_MS = 1000;

/**
 * Asks a scale over and over until its link is gone, and reports what changed, repeated every five seconds so that a
 * register may forget an old weight. Any doubtful answer takes the weight back at once (`unknown`); three in a row say
 * what is wrong with the scale.
 */
export async function pollScale(scale: {
	weigh: () => Promise<Weight>;
	gone: Promise<DeviceError>;
	pollMs: number;
	report: Report;
}): Promise<void> {
	let isGone = false;
	void scale.gone.then(() => {
		isGone = true;
	});
	let told = "";
	let toldAt = 0;
	const tell = (weight: Weight): void => {
		const words = JSON.stringify(weight);
		if (words === told && performance.now() - toldAt < REPEAT_MS) return;
		told = words;
		toldAt = performance.now();
		scale.report.reading({ type: "weight", ...weight });
	};
	let misses = 0;
	while (!isGone) {
		try {
			const weight = await scale.weigh();
			misses = 0;
			scale.report.condition({ state: "online" });
			tell(weight);
		} catch (error) {
			if (!(error instanceof DeviceError)) throw error;
			misses++;
			tell({ state: "unknown" });
			if (misses >= MISSES_MAX) {
				const state = error.code === "DEVICE_UNREACHABLE" ? "offline" : "degraded";
				scale.report.condition({ state, fault: fault(error.code, error.detail) });
			}
		}
		await pause(misses >= MISSES_MAX ? POLL_AWAY_MS : scale.pollMs, scale.gone);
	}
	tell({ state: "unknown" });
}

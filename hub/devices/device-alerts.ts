import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import { type ErrorCode, isErrorCode } from "@kassahub/contracts/errors.ts";
import type { Alerts } from "../alerts.ts";

/** So often a device changes within the window before it counts as flapping: four times down and up again. */
export const CHANGES_MAX = 8;
export const WINDOW_MS = 10 * 60_000;
/** Without a change for so long it is steady again. */
export const STEADY_MS = 5 * 60_000;

type Told = {
	/** What is wrong with it, as last heard; undefined where it is well. */
	fault: ErrorCode | undefined;
	changes: number[];
	/** Since when it flaps, and how often it has changed since. */
	flapping: { sinceMs: number; changes: number } | undefined;
};

/** Alerts on devices: one for what is wrong with each, and one for a device that keeps going up and down, not fifty. */
export class DeviceAlerts {
	readonly #alerts: Pick<Alerts, "list" | "raise" | "clear" | "detail">;
	readonly #now: () => number;
	readonly #devices = new Map<string, Told>();

	/** `now`: a clock that only runs on. */
	constructor(
		alerts: Pick<Alerts, "list" | "raise" | "clear" | "detail">,
		now: () => number = () => performance.now(),
	) {
		this.#alerts = alerts;
		this.#now = now;
	}

	heard({ device, state, fault }: DeviceState): void {
		// Trying again is no news: what was wrong stays so until it is mended.
		if (state === "connecting" && fault === undefined) return;
		const told = this.#devices.get(device) ?? { fault: undefined, changes: [], flapping: undefined };
		this.#devices.set(device, told);
		const named = fault && isErrorCode(fault.code) ? fault.code : undefined;
		// What the bridge says of devices.yaml the hub has read in it too, and told by itself.
		const code = named === "CONFIG_INVALID" ? undefined : named;
		if (code === told.fault) return;
		told.fault = code;
		const nowMs = this.#now();
		told.changes = [...told.changes, nowMs].filter((ms) => nowMs - ms < WINDOW_MS).slice(-CHANGES_MAX);
		if (told.flapping) {
			told.flapping.changes++;
			this.#alerts.detail("DEVICE_FLAPPING", subjectOf(device), flappingWords(told.flapping, nowMs));
		} else if (told.changes.length >= CHANGES_MAX) {
			told.flapping = { sinceMs: told.changes[0] as number, changes: told.changes.length };
			this.#alerts.clear(subjectOf(device));
			this.#alerts.raise("DEVICE_FLAPPING", subjectOf(device), "warning", flappingWords(told.flapping, nowMs));
		} else this.#tell(device, code);
	}

	/** A device that is no more in devices.yaml. */
	forget(device: string): void {
		this.#devices.delete(device);
		this.#alerts.clear(subjectOf(device));
	}

	/** Sees which devices are steady again: what is wrong with them now is told once more by its own name. */
	look(): void {
		const nowMs = this.#now();
		for (const [device, told] of this.#devices) {
			if (!told.flapping || nowMs - (told.changes.at(-1) ?? 0) < STEADY_MS) continue;
			told.flapping = undefined;
			told.changes = [];
			this.#alerts.clear(subjectOf(device), "DEVICE_FLAPPING");
			this.#tell(device, told.fault);
		}
	}

	#tell(device: string, code: ErrorCode | undefined): void {
		const subject = subjectOf(device);
		for (const alert of this.#alerts.list()) {
			if (alert.subject === subject && alert.code !== code) this.#alerts.clear(subject, alert.code as ErrorCode);
		}
		if (code) this.#alerts.raise(code, subject, "warning");
	}
}

const subjectOf = (device: string): string => `device:${device}`;

/** Up and down is one time. */
function flappingWords({ sinceMs, changes }: { sinceMs: number; changes: number }, nowMs: number): string {
	return `${Math.ceil(changes / 2)} times in ${Math.max(1, Math.ceil((nowMs - sinceMs) / 60_000))} min`;
}

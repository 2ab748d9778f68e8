import { existsSync } from "node:fs";
import type { ClockQuality } from "@kassahub/contracts/journal-entry.ts";

/** How a clock differs from the system's. Plain data, so that the same clock can also run in a worker thread. */
export type ClockSetting = {
	/** Added to the system's time, in milliseconds: a test lives next month. */
	offsetMs?: number;
	/** Stands still at this moment, in milliseconds since 1970. */
	fixedMs?: number;
	/** Claims this quality, whatever the system knows. */
	quality?: ClockQuality;
};

/** Wall time and how far it may be trusted (invariant 10). */
export type Clock = {
	readonly setting: ClockSetting;
	/** RFC 3339 in local time with offset and milliseconds, and whether it was known to be right. */
	now(): { at: string; quality: ClockQuality };
	epochMs(): number;
};

/** Made by systemd-timesyncd after its first answer from a time server; chrony's and ntp's units make it too. */
const SYNCHRONISED_FILE = "/run/systemd/timesync/synchronized";
const RECHECK_MS = 10_000;

export function openClock(setting: ClockSetting = {}): Clock {
	let quality: ClockQuality = "unsynchronised";
	let checkedAtMs = Number.NEGATIVE_INFINITY;
	const qualityNow = (): ClockQuality => {
		if (setting.quality !== undefined) return setting.quality;
		const elapsedMs = performance.now();
		if (elapsedMs - checkedAtMs >= RECHECK_MS) {
			checkedAtMs = elapsedMs;
			quality = existsSync(SYNCHRONISED_FILE) ? "synchronised" : "unsynchronised";
		}
		return quality;
	};
	const epochMs = (): number => setting.fixedMs ?? Date.now() + (setting.offsetMs ?? 0);
	return { setting, epochMs, now: () => ({ at: localTime(epochMs()), quality: qualityNow() }) };
}

export const systemClock: Clock = openClock();

/** `2026-11-23T10:15:00.000+01:00` in the time zone of this process. */
export function localTime(epochMs: number): string {
	const offsetMinutes = -new Date(epochMs).getTimezoneOffset();
	const local = new Date(epochMs + offsetMinutes * 60_000).toISOString().slice(0, 23);
	const magnitude = Math.abs(offsetMinutes);
	const hours = String(Math.floor(magnitude / 60)).padStart(2, "0");
	const minutes = String(magnitude % 60).padStart(2, "0");
	return `${local}${offsetMinutes < 0 ? "-" : "+"}${hours}:${minutes}`;
}

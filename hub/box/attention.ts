import type { Alert } from "@kassahub/contracts/alert.ts";
import type { Box } from "@kassahub/contracts/box.ts";
import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import type { Alerts } from "../alerts.ts";

const MEBIBYTE = 1024 ** 2;
const SUBJECT = "box";
const RESTARTS = 3;
const RESTARTS_WITHIN_MS = 10 * 60_000;
const UNSYNCHRONISED_MS = 10 * 60_000;
const CLOCK_JUMP_TOLD_MS = 60 * 60_000;
/** Undervoltage comes and goes with the load: it has to stay away this long before its alert is cleared. */
const QUIET_MS = 10 * 60_000;

/** When something is told, and when no longer: apart, so that a figure at the edge raises one alert. */
type Bound = {
	code: ErrorCode;
	severity: Alert["severity"];
	/** Undefined where this machine does not say. */
	isBad(box: Box): boolean | undefined;
	isGood(box: Box): boolean;
	detail(box: Box): string;
	quietMs?: number;
};

const mebibytes = (bytes: number): string => `${Math.round(bytes / MEBIBYTE)} MiB`;
const availableShare = ({ memory }: Box): number => (memory ? memory.availableBytes / memory.totalBytes : 1);

const bounds: readonly Bound[] = [
	{
		code: "DISK_LOW",
		severity: "warning",
		isBad: ({ disk }) => disk.freeBytes < 1024 * MEBIBYTE && disk.freeBytes >= 200 * MEBIBYTE,
		isGood: ({ disk }) => disk.freeBytes < 200 * MEBIBYTE || disk.freeBytes > 1100 * MEBIBYTE,
		detail: ({ disk }) => `${mebibytes(disk.freeBytes)} free`,
	},
	{
		code: "DISK_NEARLY_FULL",
		severity: "critical",
		isBad: ({ disk }) => disk.freeBytes < 200 * MEBIBYTE,
		isGood: ({ disk }) => disk.freeBytes > 240 * MEBIBYTE,
		detail: ({ disk }) => `${mebibytes(disk.freeBytes)} free`,
	},
	{
		code: "DISK_WORN",
		severity: "warning",
		isBad: ({ disk }) => (disk.lifeUsed ?? 0) >= 0.9,
		isGood: ({ disk }) => (disk.lifeUsed ?? 0) < 0.9,
		detail: ({ disk }) => `${Math.round((disk.lifeUsed ?? 0) * 100)} % used`,
	},
	{
		code: "BOX_HOT",
		severity: "warning",
		isBad: ({ cpu }) => (cpu.celsius ?? 0) >= 80,
		isGood: ({ cpu }) => (cpu.celsius ?? 0) < 75,
		detail: ({ cpu }) => `${Math.round(cpu.celsius ?? 0)} °C`,
	},
	{
		code: "BOX_THROTTLED",
		severity: "warning",
		isBad: ({ power }) => power?.throttled,
		isGood: () => true,
		detail: ({ cpu }) => (cpu.celsius === undefined ? "" : `${Math.round(cpu.celsius)} °C`),
		quietMs: QUIET_MS,
	},
	{
		code: "BOX_UNDERVOLTAGE",
		severity: "warning",
		isBad: ({ power }) => power?.undervoltage,
		isGood: () => true,
		detail: () => "",
		quietMs: QUIET_MS,
	},
	{
		code: "MEMORY_LOW",
		severity: "warning",
		isBad: (box) => availableShare(box) < 0.1,
		isGood: (box) => availableShare(box) > 0.15,
		detail: ({ memory }) =>
			memory ? `${mebibytes(memory.availableBytes)} of ${mebibytes(memory.totalBytes)} left` : "",
	},
];

/** Turns what the box is like into alerts, and back. */
export class BoxAttention {
	readonly #alerts: Pick<Alerts, "raise" | "clear">;
	readonly #lastBad = new Map<ErrorCode, number>();
	/** By part: when it was seen to have been started again. */
	readonly #restarts = new Map<string, number[]>();
	readonly #restartCounts = new Map<string, number>();
	#jumpedAt: number | undefined;

	constructor(alerts: Pick<Alerts, "raise" | "clear">) {
		this.#alerts = alerts;
	}

	look(box: Box, nowMs: number, clock: { unsynchronisedMs: number; jump: string | undefined }): void {
		for (const bound of bounds) this.#hold(bound, box, nowMs);
		for (const part of box.parts) this.#watchPart(part, nowMs);
		if (clock.unsynchronisedMs >= UNSYNCHRONISED_MS) this.#alerts.raise("CLOCK_UNSYNCHRONISED", SUBJECT, "warning");
		else this.#alerts.clear(SUBJECT, "CLOCK_UNSYNCHRONISED");
		this.#tellJump(clock.jump, nowMs);
	}

	#hold({ code, severity, isBad, isGood, detail, quietMs = 0 }: Bound, box: Box, nowMs: number): void {
		if (isBad(box)) {
			this.#lastBad.set(code, nowMs);
			this.#alerts.raise(code, SUBJECT, severity, detail(box) || undefined);
			return;
		}
		const last = this.#lastBad.get(code);
		if (last === undefined || !isGood(box) || nowMs - last < quietMs) return;
		this.#lastBad.delete(code);
		this.#alerts.clear(SUBJECT, code);
	}

	/** One alert a part, however often; cleared when it has run for ten minutes on end. */
	#watchPart({ name, restarts, lastStop }: Box["parts"][number], nowMs: number): void {
		const fresh = restarts - (this.#restartCounts.get(name) ?? 0);
		this.#restartCounts.set(name, restarts);
		const recent = [...(this.#restarts.get(name) ?? []), ...Array<number>(Math.min(fresh, RESTARTS)).fill(nowMs)]
			.filter((ms) => nowMs - ms < RESTARTS_WITHIN_MS)
			.slice(-RESTARTS);
		this.#restarts.set(name, recent);
		const subject = `part:${name}`;
		if (recent.length >= RESTARTS) this.#alerts.raise("PART_RESTARTING", subject, "critical", lastStop?.reason);
		else if (recent.length === 0) this.#alerts.clear(subject, "PART_RESTARTING");
	}

	#tellJump(jump: string | undefined, nowMs: number): void {
		if (jump !== undefined) {
			// Each jump is another distance; a clock that is set twice is told so.
			this.#alerts.clear(SUBJECT, "CLOCK_JUMPED");
			this.#alerts.raise("CLOCK_JUMPED", SUBJECT, "warning", jump);
			this.#jumpedAt = nowMs;
		} else if (this.#jumpedAt !== undefined && nowMs - this.#jumpedAt >= CLOCK_JUMP_TOLD_MS) {
			this.#alerts.clear(SUBJECT, "CLOCK_JUMPED");
			this.#jumpedAt = undefined;
		}
	}
}

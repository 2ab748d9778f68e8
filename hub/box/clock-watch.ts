import type { Box } from "@kassahub/contracts/box.ts";
import { type Clock, localTime } from "../clock.ts";

/** Time servers pull a clock along by far less than this between two looks; more is somebody setting it. */
const JUMP_MS_MIN = 10_000;

/** Sees the wall clock jump, by a clock that only runs on. Order never depends on either: that is the journal's number. */
export class ClockWatch {
	readonly #clock: Clock;
	readonly #now: () => number;
	#wallMs: number;
	#runMs: number;
	#jumps = 0;
	#lastJump: Box["clock"]["lastJump"];
	#unsynchronisedSince: number | undefined;

	constructor(clock: Clock, now: () => number) {
		this.#clock = clock;
		this.#now = now;
		this.#wallMs = clock.epochMs();
		this.#runMs = now();
	}

	/** Looks once. The seconds that the clock was moved since the last look, or 0. */
	look(): number {
		const [wallMs, runMs] = [this.#clock.epochMs(), this.#now()];
		const movedMs = wallMs - this.#wallMs - (runMs - this.#runMs);
		this.#wallMs = wallMs;
		this.#runMs = runMs;
		if (this.#clock.now().quality === "synchronised") this.#unsynchronisedSince = undefined;
		else this.#unsynchronisedSince ??= runMs;
		if (Math.abs(movedMs) < JUMP_MS_MIN) return 0;
		const seconds = Math.round(movedMs / 1000);
		this.#jumps++;
		this.#lastJump = { at: localTime(wallMs), seconds };
		return seconds;
	}

	/** For how long no time server has set the clock, on end. */
	get unsynchronisedMs(): number {
		return this.#unsynchronisedSince === undefined ? 0 : this.#now() - this.#unsynchronisedSince;
	}

	get view(): Box["clock"] {
		const { quality } = this.#clock.now();
		return { quality, jumps: this.#jumps, ...(this.#lastJump ? { lastJump: this.#lastJump } : {}) };
	}
}

/** `2 h 5 min forward`, `40 s back`. */
export function jumpWords(seconds: number): string {
	const size = Math.abs(seconds);
	const [days, hours, minutes] = [Math.floor(size / 86_400), Math.floor(size / 3600) % 24, Math.floor(size / 60) % 60];
	const parts: [number, string][] = [
		[days, "d"],
		[hours, "h"],
		[minutes, "min"],
		[size % 60, "s"],
	];
	const told = parts.filter(([count]) => count > 0).slice(0, 2);
	return `${told.map(([count, unit]) => `${count} ${unit}`).join(" ")} ${seconds > 0 ? "forward" : "back"}`;
}

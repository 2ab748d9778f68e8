import type { DeviceHistory, LastReading } from "@kassahub/contracts/device-history.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Reading } from "@kassahub/contracts/reading.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import { type Clock, localTime } from "../clock.ts";

const BUCKET_MS = 5 * 60_000;
const BUCKETS = 288;
/** A day of each is some 6 kB: what this many cost is bounded, and no shop has more. */
const DEVICES_MAX = 500;
const COMMANDS_UNDER_WAY_MAX = 1000;

export type Totals = { reconnects: number; errors: number; commands: number; commandMs: number };

/** The last day of one device, in rings of five minutes by a clock that only runs on. */
class Day {
	readonly #upMs = new Uint32Array(BUCKETS);
	readonly #knownMs = new Uint32Array(BUCKETS);
	readonly #reconnects = new Uint16Array(BUCKETS);
	readonly #errors = new Uint16Array(BUCKETS);
	readonly #commands = new Uint16Array(BUCKETS);
	readonly #latencyMs = new Float32Array(BUCKETS);
	readonly #latencyMaxMs = new Uint32Array(BUCKETS);
	readonly totals: Totals = { reconnects: 0, errors: 0, commands: 0, commandMs: 0 };
	readonly #firstMs: number;
	#seenMs: number;
	#isUp = false;
	#wasUp = false;
	#fault: string | undefined;

	constructor(nowMs: number) {
		this.#firstMs = nowMs;
		this.#seenMs = nowMs;
	}

	heardState(nowMs: number, { state, fault }: Pick<DeviceState, "state" | "fault">): void {
		this.pass(nowMs);
		const isUp = state === "online";
		if (isUp && !this.#isUp && this.#wasUp) {
			this.totals.reconnects++;
			this.#add(this.#reconnects, nowMs);
		}
		if (fault && fault.code !== this.#fault) this.#err(nowMs);
		// A device that tries again is still as ill as it was.
		if (fault || isUp) this.#fault = fault?.code;
		this.#isUp = isUp;
		this.#wasUp ||= isUp;
	}

	heardResult(nowMs: number, status: Result["status"], latencyMs: number | undefined): void {
		this.pass(nowMs);
		if (status === "failed") this.#err(nowMs);
		if (latencyMs === undefined) return;
		const place = placeOf(nowMs);
		this.totals.commands++;
		this.totals.commandMs += latencyMs;
		this.#add(this.#commands, nowMs);
		this.#latencyMs[place] = (this.#latencyMs[place] ?? 0) + latencyMs;
		this.#latencyMaxMs[place] = Math.max(this.#latencyMaxMs[place] ?? 0, Math.round(latencyMs));
	}

	/** Counts the time since the last look, bucket by bucket; each is emptied as it comes round again. */
	pass(nowMs: number): void {
		// Of more than a day there is nothing to keep.
		let fromMs = Math.max(this.#seenMs, nowMs - BUCKETS * BUCKET_MS);
		while (fromMs < nowMs) {
			const endMs = Math.min(nowMs, (Math.floor(fromMs / BUCKET_MS) + 1) * BUCKET_MS);
			const place = placeOf(fromMs);
			this.#knownMs[place] = (this.#knownMs[place] ?? 0) + endMs - fromMs;
			if (this.#isUp) this.#upMs[place] = (this.#upMs[place] ?? 0) + endMs - fromMs;
			fromMs = endMs;
			if (endMs % BUCKET_MS === 0) this.#empty(placeOf(endMs));
		}
		this.#seenMs = nowMs;
	}

	buckets(nowMs: number, clock: Clock): DeviceHistory["buckets"] {
		this.pass(nowMs);
		const current = Math.floor(nowMs / BUCKET_MS);
		const first = Math.max(current - BUCKETS + 1, Math.floor(this.#firstMs / BUCKET_MS));
		return Array.from({ length: current - first + 1 }, (_, index) => {
			const number = first + index;
			const place = number % BUCKETS;
			const [knownMs, commands] = [this.#knownMs[place] ?? 0, this.#commands[place] ?? 0];
			const mean = Math.round(((this.#latencyMs[place] ?? 0) / commands) * 10) / 10;
			return {
				at: localTime(clock.epochMs() - Math.round(nowMs - number * BUCKET_MS)),
				...(knownMs > 0 ? { up: Math.min(1, (this.#upMs[place] ?? 0) / knownMs) } : {}),
				reconnects: this.#reconnects[place] ?? 0,
				errors: this.#errors[place] ?? 0,
				commands,
				...(commands > 0 ? { latencyMs: { mean, max: this.#latencyMaxMs[place] ?? 0 } } : {}),
			};
		});
	}

	/** Share of the known time that it was online. */
	up(): number | undefined {
		const sum = (ring: Uint32Array): number => ring.reduce((total, ms) => total + ms, 0);
		const knownMs = sum(this.#knownMs);
		return knownMs > 0 ? Math.min(1, sum(this.#upMs) / knownMs) : undefined;
	}

	#err(nowMs: number): void {
		this.totals.errors++;
		this.#add(this.#errors, nowMs);
	}

	#add(ring: Uint16Array, nowMs: number): void {
		const place = placeOf(nowMs);
		ring[place] = Math.min(0xffff, (ring[place] ?? 0) + 1);
	}

	#empty(place: number): void {
		for (const ring of [this.#upMs, this.#knownMs, this.#reconnects, this.#errors, this.#commands]) ring[place] = 0;
		this.#latencyMs[place] = 0;
		this.#latencyMaxMs[place] = 0;
	}
}

const placeOf = (nowMs: number): number => Math.floor(nowMs / BUCKET_MS) % BUCKETS;

/** How each device did in the last day, and what it last measured. In memory: it is a help, and a card wears by writing. */
export class Histories {
	readonly #days = new Map<string, Day>();
	readonly #readings = new Map<string, LastReading>();
	/** By command id: when it was sent. */
	readonly #underWay = new Map<string, number>();
	readonly #clock: Clock;
	readonly #now: () => number;

	/** `now`: a clock that only runs on, in whole milliseconds or finer. */
	constructor(clock: Clock, now: () => number = () => performance.now()) {
		this.#clock = clock;
		this.#now = () => Math.floor(now());
	}

	heardState(state: DeviceState): void {
		this.#dayOf(state.device)?.heardState(this.#now(), state);
	}

	sent(id: string): void {
		this.#underWay.set(id, this.#now());
		if (this.#underWay.size > COMMANDS_UNDER_WAY_MAX) {
			this.#underWay.delete(this.#underWay.keys().next().value as string);
		}
	}

	heardResult({ id, device, status }: Pick<Result, "id" | "device" | "status">): void {
		const sentMs = this.#underWay.get(id);
		this.#underWay.delete(id);
		const nowMs = this.#now();
		this.#days.get(device)?.heardResult(nowMs, status, sentMs === undefined ? undefined : nowMs - sentMs);
	}

	heardReading(reading: Reading): void {
		const { device, at, type } = reading;
		if (!this.#days.has(device)) return;
		this.#readings.set(
			device,
			type === "scan" || type === "tag" || type === "payment" ? { type, device, at } : reading,
		);
	}

	forget(device: string): void {
		this.#days.delete(device);
		this.#readings.delete(device);
	}

	reading(device: string): LastReading | undefined {
		return this.#readings.get(device);
	}

	history(device: string): DeviceHistory | undefined {
		const day = this.#days.get(device);
		if (!day) return undefined;
		const buckets = day.buckets(this.#now(), this.#clock);
		const sum = (field: "reconnects" | "errors" | "commands"): number =>
			buckets.reduce((total, bucket) => total + bucket[field], 0);
		const up = day.up();
		return {
			device,
			bucketSeconds: BUCKET_MS / 1000,
			...(up === undefined ? {} : { up }),
			reconnects: sum("reconnects"),
			errors: sum("errors"),
			commands: sum("commands"),
			buckets,
		};
	}

	/** Since the hub started, by device. */
	totals(): Iterable<readonly [string, Totals]> {
		return [...this.#days].map(([device, { totals }]) => [device, totals] as const);
	}

	#dayOf(device: string): Day | undefined {
		const known = this.#days.get(device);
		if (known || this.#days.size >= DEVICES_MAX) return known;
		const day = new Day(this.#now());
		this.#days.set(device, day);
		return day;
	}
}

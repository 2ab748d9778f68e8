import type { DeviceConfig } from "@kassahub/contracts/config.ts";
import type { Reading } from "@kassahub/contracts/reading.ts";
import type { ShelfState } from "@kassahub/contracts/shelf-state.ts";
import type { StockLevel } from "@kassahub/contracts/stock-level.ts";
import type { Alerts } from "../alerts.ts";
import { compare } from "./difference.ts";

export type ShelfReading = Extract<Reading, { type: "shelf" }>;
/** devices.yaml as it is now. */
type Devices = { readonly devices?: Record<string, DeviceConfig> };

/** A hand in the shelf is no shortage. */
const LOW_FOR_MS = 30_000;
/** A delivery may lie on the shelf before it is booked, and goods on the counter before they are paid. */
const DIFFERS_FOR_MS = 15 * 60_000;
/** Sensors name their shelves themselves: no more of them are kept than a large shop has. */
const SHELVES_MAX = 5000;

type Watched = { reading: ShelfReading; lowSinceMs: number | undefined };

/**
 * What shelf sensors tell, held against the books. It only ever says so: a sensor is a hint for whoever fills the shelf,
 * and books nothing.
 */
export class ShelfWatch {
	readonly #alerts: Alerts;
	readonly #config: Devices;
	readonly #now: () => number;
	readonly #shelves = new Map<string, Watched>();
	/** The shelves of each product, by their keys. */
	readonly #bySku = new Map<string, Set<string>>();
	readonly #levels = new Map<string, StockLevel>();
	readonly #differsSinceMs = new Map<string, number>();

	/** `now`: milliseconds of a clock that only goes forward. */
	constructor({
		alerts,
		config,
		now = () => performance.now(),
	}: { alerts: Alerts; config: Devices; now?: () => number }) {
		this.#alerts = alerts;
		this.#config = config;
		this.#now = now;
	}

	heard(reading: ShelfReading): void {
		const key = keyOf(reading);
		const before = this.#shelves.get(key);
		if (!before && this.#shelves.size >= SHELVES_MAX) return;
		this.#shelves.set(key, { reading, lowSinceMs: before?.lowSinceMs });
		this.#lookAt(key);
		// It may hold another product from now on.
		if (before && before.reading.sku !== reading.sku) this.#takeAway(key, before.reading.sku);
		if (reading.sku === undefined) return;
		this.#bySku.set(reading.sku, (this.#bySku.get(reading.sku) ?? new Set()).add(key));
		this.#compare(reading.sku);
	}

	/** Stock levels that changed, or all of them at the start. */
	stocked(levels: readonly StockLevel[]): void {
		for (const level of levels) {
			this.#levels.set(level.sku, level);
			this.#compare(level.sku);
		}
	}

	/** Looks at what has lasted; to be called every few seconds. */
	check(): void {
		for (const key of this.#shelves.keys()) this.#lookAt(key);
		for (const sku of this.#bySku.keys()) this.#compare(sku);
	}

	/** A device that is no more has no shelves. */
	forget(device: string): void {
		const gone = [...this.#shelves].filter(([, { reading }]) => reading.device === device);
		for (const [key, { reading }] of gone) {
			this.#shelves.delete(key);
			this.#alerts.clear(subjectOf(reading), "SHELF_LOW");
			this.#takeAway(key, reading.sku);
		}
	}

	list(): ShelfState[] {
		return [...this.#shelves.values()]
			.map(({ reading }) => this.#stateOf(reading))
			.sort((a, b) => a.device.localeCompare(b.device) || a.shelf.localeCompare(b.shelf));
	}

	#stateOf(reading: ShelfReading): ShelfState {
		const { device, sku, grams, pieces, isLow, at, quality = "good" } = reading;
		const level = sku === undefined ? undefined : this.#levels.get(sku);
		const differs = sku === undefined ? undefined : this.#difference(sku);
		return {
			device,
			shelf: nameOf(reading),
			...(sku === undefined ? {} : { sku }),
			quality,
			...(grams === undefined ? {} : { grams }),
			...(pieces === undefined ? {} : { pieces }),
			...(isLow === undefined ? {} : { isLow }),
			at,
			...(level?.unit ? { books: { quantity: level.here.quantity, unit: level.unit } } : {}),
			...(differs === "more" || differs === "less" ? { differs } : {}),
		};
	}

	/** A shelf no longer holds this product. */
	#takeAway(key: string, sku: string | undefined): void {
		const keys = sku === undefined ? undefined : this.#bySku.get(sku);
		if (sku === undefined || !keys?.delete(key)) return;
		if (keys.size === 0) this.#bySku.delete(sku);
		this.#compare(sku);
	}

	#lookAt(key: string): void {
		const watched = this.#shelves.get(key);
		const isLow = watched?.reading.isLow;
		// Where the sensor does not know, what was known stands.
		if (!watched || isLow === undefined || !isGood(watched.reading)) return;
		const { reading } = watched;
		watched.lowSinceMs = isLow ? (watched.lowSinceMs ?? this.#now()) : undefined;
		if (watched.lowSinceMs === undefined) this.#alerts.clear(subjectOf(reading), "SHELF_LOW");
		else if (this.#now() >= watched.lowSinceMs + LOW_FOR_MS) {
			const left = reading.pieces === undefined ? "" : `: about ${reading.pieces} left`;
			const what = reading.sku === undefined ? "" : ` of ${reading.sku}`;
			this.#alerts.raise("SHELF_LOW", subjectOf(reading), "info", `${nameOf(reading)}${left}${what}`);
		}
	}

	/** What the shelves of a product say against the books; undefined where they cannot tell. */
	#difference(sku: string): "same" | "more" | "less" | undefined {
		const level = this.#levels.get(sku);
		if (!level) return undefined;
		const readings = [...(this.#bySku.get(sku) ?? [])].flatMap((key) => this.#shelves.get(key)?.reading ?? []);
		const known = readings.filter(isGood);
		const found = compare(
			level,
			known.map(({ grams, pieces }) => ({ grams, pieces })),
		);
		// More is more, whatever the others hold. Less says something only where all of it lies on shelves that are known.
		const isWhole = known.length === readings.length && readings.every((reading) => this.#isWholeStock(reading));
		return found === "less" && !isWhole ? (known.length === readings.length ? "same" : undefined) : found;
	}

	#compare(sku: string): void {
		const found = this.#difference(sku);
		const subject = `stock:${sku}`;
		if (found === "same" || !this.#bySku.has(sku)) {
			this.#differsSinceMs.delete(sku);
			this.#alerts.clear(subject, "SHELF_DISAGREES");
		}
		if (found !== "more" && found !== "less") return;
		const sinceMs = this.#differsSinceMs.get(sku) ?? this.#now();
		this.#differsSinceMs.set(sku, sinceMs);
		if (this.#now() < sinceMs + DIFFERS_FOR_MS) return;
		const level = this.#levels.get(sku) as StockLevel;
		const booked = `${level.here.quantity / 1000} ${level.unit}`;
		this.#alerts.raise("SHELF_DISAGREES", subject, "warning", `${sku}: the books have ${booked}, the shelves ${found}`);
	}

	#isWholeStock(reading: ShelfReading): boolean {
		const shelves = this.#config.devices?.[reading.device]?.settings?.shelves;
		if (!Array.isArray(shelves)) return false;
		const shelf = shelves.find((one: unknown) => (one as { name?: unknown } | null)?.name === reading.shelf);
		return (shelf as { isWholeStock?: unknown } | undefined)?.isWholeStock === true;
	}
}

const isGood = ({ quality = "good" }: ShelfReading): boolean => quality === "good";
const nameOf = ({ shelf, device }: ShelfReading): string => shelf ?? device;
const keyOf = (reading: ShelfReading): string => JSON.stringify([reading.device, nameOf(reading)]);
const subjectOf = (reading: ShelfReading): string => `shelf:${reading.device}/${nameOf(reading)}`;

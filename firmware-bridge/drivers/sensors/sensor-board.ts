import { isDeepStrictEqual } from "node:util";
import type { Fault } from "@kassahub/contracts/device-state.ts";
import { fault } from "../../fault.ts";
import type { BareReading, Condition, Outcome, Report } from "../driver.ts";
import { type Finding, Gauge, type Measured, type Presence } from "./gauge.ts";
import { deadBand, isWeightUnit, type Quantity } from "./quantities.ts";
import type { SensorSettings, Shelf } from "./shelf-settings.ts";

type ShelfReading = Extract<BareReading, { type: "shelf" }>;
type MeasureReading = Extract<BareReading, { type: "measure" }>;
type Identity = Pick<Condition, "model" | "firmware" | "serialNumber">;

/** However fast a sensor speaks, one of its values is told no more often than this. */
const TELL_EVERY_MS = 500;
/** Who comes later, or missed one, hears it again. */
const REPEAT_SHELF_MS = 60_000;
const REPEAT_MEASURE_MS = 300_000;
const TIMER_MS_MAX = 2 ** 31 - 1;
const NAME_MAX = 48;

type Told<R> = { reading: R; atMs: number };
/** One value of the sensor, and where it is told. */
type Line = { gauge: Gauge; shelf: Shelf | undefined; told: Told<ShelfReading | MeasureReading> | undefined };

/**
 * All that one sensor measures: what is told of it as shelves and measures, and how the sensor is. Noise makes no
 * messages, a flood makes few, and what is not known to be true carries no number.
 */
export class SensorBoard {
	readonly #settings: SensorSettings;
	readonly #report: Report;
	#lines: Line[] = [];
	#identity: Identity = {};
	#trouble: { state: "degraded" | "offline"; fault: Fault } | undefined;
	#unmatched: Fault | undefined;
	#told: { condition: Condition; atMs: number } | undefined;
	#timer: NodeJS.Timeout | undefined;
	#isClosed = false;

	constructor(settings: SensorSettings, report: Report) {
		this.#settings = settings;
		this.#report = report;
	}

	/** Everything the sensor measures from now on; what it measured before and still does keeps its value. */
	declare(all: Measured[], identity: Identity = {}): void {
		const { shelves } = this.#settings;
		const measured = all.map((one) => this.#withFreshness(one));
		const before = this.#lines;
		const missing: string[] = [];
		const lines: Line[] = [];
		const taken = new Set<string>();
		const add = (one: Measured, shelf: Shelf | undefined) => {
			const known = before.find(({ gauge, shelf: other }) => gauge.isFor(one) && other === shelf);
			lines.push(known ?? { gauge: new Gauge(one), shelf, told: undefined });
			taken.add(one.id);
		};
		for (const shelf of shelves) {
			const source = sourceOf(shelf, measured);
			const unit = shelf.unit ?? source?.unit;
			if (!source) missing.push(`${shelf.name}: ${shelf.source ?? "the one weight"} is not there`);
			else if (!isWeightUnit(unit)) missing.push(`${shelf.name}: ${source.id} has no unit of weight; set unit`);
			else add({ ...source, kind: "weight", unit }, shelf);
		}
		for (const one of measured) if (!taken.has(one.id)) add(one, undefined);
		this.#takeBack(before.filter((line) => !lines.includes(line)));
		this.#lines = lines;
		this.#identity = identity;
		const names = measured.map(({ id }) => id).join(", ");
		this.#unmatched =
			missing.length > 0
				? fault("SENSOR_SOURCE_UNKNOWN", `${missing.join("; ")} (there are: ${names})`.slice(0, 200))
				: undefined;
		this.#tell();
	}

	take(id: string, raw: number | boolean): void {
		for (const { gauge } of this.#of(id)) gauge.take(raw, performance.now());
		this.#tell();
	}

	/** The sensor says that this value is none, and why. */
	spoil(id: string, error: Fault): void {
		for (const { gauge } of this.#of(id)) gauge.spoil(error, performance.now());
		this.#tell();
	}

	/** The sensor said something of this value that cannot be read. */
	doubt(id: string, error: Fault): void {
		for (const { gauge } of this.#of(id)) gauge.doubt(error);
		this.#tell();
	}

	/** Whether one value, or every one, is in reach by the sensor's own account. */
	setPresence(presence: Presence, id?: string): void {
		for (const { gauge } of id === undefined ? this.#lines : this.#of(id)) gauge.presence = presence;
		this.#tell();
	}

	/** What is wrong with the sensor as a whole; nothing where it is well. */
	setTrouble(trouble: { state: "degraded" | "offline"; fault: Fault } | undefined): void {
		this.#trouble = trouble;
		this.#tell();
	}

	/** The link is lost: what lay on the shelves is no longer known. */
	close(): void {
		this.#isClosed = true;
		clearTimeout(this.#timer);
		this.#takeBack(this.#lines);
	}

	/** How it is now, as a self-test's outcome. */
	selfTest(): Outcome {
		const nowMs = performance.now();
		const condition = this.#condition(nowMs);
		if (condition?.fault) return { status: "failed", fault: condition.fault };
		const words = this.#lines.map(({ gauge }) => `${gauge.measured.label}: ${wordsFor(gauge.find(nowMs))}`);
		return { status: "done", detail: words.join(", ").slice(0, 400) || "nothing was measured yet" };
	}

	/** What was told of these is no longer known. */
	#takeBack(lines: Line[]): void {
		for (const { gauge, shelf, told } of lines) {
			gauge.presence = "away";
			const finding = gauge.find(performance.now());
			const reading = finding && readingOf(gauge, shelf, finding);
			if (told && reading) this.#report.reading(reading);
		}
	}

	#withFreshness(measured: Measured): Measured {
		const { staleSeconds } = this.#settings;
		return staleSeconds === undefined ? measured : { ...measured, freshMs: staleSeconds * 1000 };
	}

	#of(id: string): Line[] {
		return this.#lines.filter(({ gauge }) => gauge.measured.id === id);
	}

	#tell(): void {
		if (this.#isClosed) return;
		const nowMs = performance.now();
		let nextMs = Number.POSITIVE_INFINITY;
		for (const line of this.#lines) nextMs = Math.min(nextMs, this.#tellLine(line, nowMs));
		nextMs = Math.min(nextMs, this.#tellCondition(nowMs));
		clearTimeout(this.#timer);
		if (!Number.isFinite(nextMs)) return;
		this.#timer = setTimeout(() => this.#tell(), Math.min(TIMER_MS_MAX, Math.max(1, Math.ceil(nextMs - nowMs))));
	}

	/** Tells what is new of one value, and says when to look again. */
	#tellLine(line: Line, nowMs: number): number {
		const finding = line.gauge.find(nowMs);
		const reading = finding && readingOf(line.gauge, line.shelf, finding);
		const staleMs = finding?.quality === "good" ? line.gauge.staleAtMs : Number.POSITIVE_INFINITY;
		if (!reading) return staleMs;
		const { told } = line;
		const repeatMs = (told?.atMs ?? 0) + (reading.type === "shelf" ? REPEAT_SHELF_MS : REPEAT_MEASURE_MS);
		if (told && !this.#isNews(reading, told.reading) && nowMs < repeatMs) return Math.min(staleMs, repeatMs);
		if (told && nowMs < told.atMs + TELL_EVERY_MS) return Math.min(staleMs, told.atMs + TELL_EVERY_MS);
		line.told = { reading, atMs: nowMs };
		this.#report.reading(reading);
		return Math.min(staleMs, nowMs + (reading.type === "shelf" ? REPEAT_SHELF_MS : REPEAT_MEASURE_MS));
	}

	#isNews(reading: ShelfReading | MeasureReading, told: ShelfReading | MeasureReading): boolean {
		if (reading.type === "shelf" && told.type === "shelf") {
			if (reading.quality !== told.quality || (reading.grams === undefined) !== (told.grams === undefined)) return true;
			return Math.abs((reading.grams ?? 0) - (told.grams ?? 0)) >= this.#settings.deadBandGrams;
		}
		if (reading.type !== "measure" || told.type !== "measure") return true;
		if (typeof reading.value !== "number" || typeof told.value !== "number") return reading.value !== told.value;
		const change = Math.abs(reading.value - told.value);
		return change > 0 && change >= deadBand(reading.kind, told.value);
	}

	/** Tells how the sensor is where that changed, and says when to look again. */
	#tellCondition(nowMs: number): number {
		const condition = this.#condition(nowMs);
		if (!condition || isDeepStrictEqual(condition, this.#told?.condition)) return Number.POSITIVE_INFINITY;
		if (this.#told && nowMs < this.#told.atMs + TELL_EVERY_MS) return this.#told.atMs + TELL_EVERY_MS;
		this.#told = { condition, atMs: nowMs };
		this.#report.condition(condition);
		return Number.POSITIVE_INFINITY;
	}

	/** Undefined while nothing is known. */
	#condition(nowMs: number): Condition | undefined {
		const about = { ...this.#identity, ...this.#radio() };
		if (this.#trouble) return { ...this.#trouble, ...about };
		const weighing = this.#lines.filter(({ gauge }) => gauge.measured.kind === "weight");
		const findings = (weighing.length > 0 ? weighing : this.#lines).flatMap(({ gauge }) => gauge.find(nowMs) ?? []);
		if (this.#unmatched) return { state: "degraded", fault: this.#unmatched, ...about };
		if (findings.length === 0) return undefined;
		const faulty = findings.filter((finding) => finding.quality !== "good");
		if (faulty.length === findings.length && faulty.every(({ quality }) => quality === "offline")) {
			return { state: "offline", fault: faulty[0]?.fault as Fault, ...about };
		}
		const worst = faulty[0];
		return worst ? { state: "degraded", fault: worst.fault, ...about } : { state: "online", ...about };
	}

	/** Battery and signal as they were last told: their noise is no news either. */
	#radio(): Pick<Condition, "battery" | "signal"> {
		const told = this.#lines.flatMap(({ told: last }) => (last?.reading.type === "measure" ? [last.reading] : []));
		const charges = told
			.filter(({ kind, unit }) => kind === "battery" && unit === "%")
			.map(({ value }) => Number(value));
		// Of several, the one that is to be changed first.
		const battery = charges.length > 0 ? Math.min(...charges) : undefined;
		const signal = told.find(({ kind, unit }) => kind === "signal" && (unit === "dBm" || unit === "%"));
		return {
			...(battery !== undefined ? { battery: Math.min(100, Math.max(0, Math.round(battery))) } : {}),
			...(typeof signal?.value === "number"
				? { signal: { value: signal.value, unit: signal.unit as "dBm" | "%" } }
				: {}),
		};
	}
}

function sourceOf({ source }: Shelf, measured: Measured[]): Measured | undefined {
	if (source !== undefined) return measured.find(({ id, label }) => id === String(source) || label === source);
	const weights = measured.filter(({ kind }) => kind === "weight");
	return weights.length === 1 ? weights[0] : undefined;
}

function wordsFor(finding: Finding | undefined): string {
	if (!finding) return "nothing yet";
	if (finding.quality !== "good") return finding.quality;
	const { value, unit } = finding.quantity;
	return unit === undefined ? String(value) : `${value} ${unit}`;
}

/** What is told of a finding: of a measure only a good one, of a shelf also that it is not known. */
function readingOf(
	gauge: Gauge,
	shelf: Shelf | undefined,
	finding: Finding,
): ShelfReading | MeasureReading | undefined {
	const { kind, label } = gauge.measured;
	if (kind === "weight") {
		const { sku } = shelf ?? {};
		const name = (shelf?.name ?? label).slice(0, NAME_MAX);
		const grams = finding.quality === "good" ? (finding.quantity.value as number) : undefined;
		return {
			type: "shelf",
			shelf: name,
			...(sku === undefined ? {} : { sku }),
			quality: finding.quality,
			...(grams === undefined ? {} : contentsOf(shelf, grams)),
		};
	}
	if (finding.quality !== "good") return undefined;
	return { type: "measure", name: label.slice(0, NAME_MAX), kind, ...measureOf(finding.quantity) };
}

const measureOf = ({ value, unit }: Quantity): Pick<MeasureReading, "value" | "unit"> => ({
	value,
	...(unit === undefined ? {} : { unit: unit.slice(0, 12) }),
});

/** Pieces by the nearest whole: goods differ in weight, up and down. What weighs less than half a piece is none. */
function contentsOf(shelf: Shelf | undefined, grams: number): Pick<ShelfReading, "grams" | "pieces" | "isLow"> {
	if (shelf?.unitGrams === undefined) return { grams };
	const pieces = Math.max(0, Math.round(grams / shelf.unitGrams));
	return { grams, pieces, ...(shelf.lowPieces === undefined ? {} : { isLow: pieces <= shelf.lowPieces }) };
}

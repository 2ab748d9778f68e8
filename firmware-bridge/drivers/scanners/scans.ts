import { defaultLabelRules, LABEL_RULE } from "@kassahub/contracts/barcode/label-rules.ts";
import { readBarcode } from "@kassahub/contracts/barcode/read-barcode.ts";
import { splitAim } from "@kassahub/contracts/barcode/symbology.ts";
import { type Static, Type } from "typebox";
import { fault } from "../../fault.ts";
import type { BareReading, Outcome, Report } from "../driver.ts";

/** Longest code there is a use for: a GS1 QR. */
export const SCAN_BYTES_MAX = 4096;
const SPOILED_MAX = 3;

/** The settings that every scanner has. */
export const scanSettings = {
	duplicateMs: Type.Integer({
		default: 300,
		minimum: 0,
		maximum: 10_000,
		description: "The same code again within this time is one scan",
	}),
	rules: Type.Array(Type.String({ pattern: LABEL_RULE }), {
		default: [...defaultLabelRules],
		maxItems: 10,
		description: "Layout of the shop's own labels: I item, W grams, P cents, V inner check digit, C check digit",
	}),
};
export type ScanSettings = { duplicateMs: number; rules: Static<(typeof scanSettings)["rules"]> };

type ScanReading = Extract<BareReading, { type: "scan" }>;

/** The reading of what a scanner sent, without its suffix. */
export function readScan(scanned: string, rules: readonly string[]): ScanReading {
	const { aim, text } = splitAim(scanned);
	const { fault: wrong, ...facts } = readBarcode(text, { rules, ...(aim === undefined ? {} : { aim }) });
	return { type: "scan", text, ...facts, ...(wrong ? { fault: wrong.code } : {}) };
}

/** Reports what a scanner reads: every code once, and what came through in part as what it is. */
export class Scans {
	readonly #report: Report;
	readonly #settings: ScanSettings;
	readonly #now: () => number;
	#last = { scanned: "", atMs: Number.NEGATIVE_INFINITY };
	#count = 0;
	#spoiled = 0;

	constructor(report: Report, settings: ScanSettings, now: () => number = () => performance.now()) {
		this.#report = report;
		this.#settings = settings;
		this.#now = now;
		report.condition({ state: "online" });
	}

	tell(scanned: string): void {
		if (this.#spoiled >= SPOILED_MAX) this.#report.condition({ state: "online" });
		this.#spoiled = 0;
		const atMs = this.#now();
		const isSame = scanned === this.#last.scanned && atMs - this.#last.atMs < this.#settings.duplicateMs;
		// A scanner that holds a code in its beam sends it over and over: that is one scan, however long.
		this.#last = { scanned, atMs };
		if (isSame) return;
		this.#count++;
		this.#report.reading(readScan(scanned, this.#settings.rules));
	}

	/** Part of a code, of which the rest was lost or never came: never offered as a code. */
	tellSpoiled(part: string, why: string): void {
		this.#report.reading({ type: "scan", text: part.slice(0, SCAN_BYTES_MAX), fault: "SCAN_INCOMPLETE" });
		this.#spoiled++;
		if (this.#spoiled < SPOILED_MAX) return;
		this.#report.condition({ state: "degraded", fault: fault("SCAN_INCOMPLETE", why) });
	}

	/** A scanner only speaks when it reads: the test is that its port is open, and what it has read. */
	selfTest(): Outcome {
		const codes = this.#count === 1 ? "1 code" : `${this.#count} codes`;
		return {
			status: "done",
			detail: `the scanner's port is open; ${codes} read since it was connected. Scan one to test it`,
		};
	}
}

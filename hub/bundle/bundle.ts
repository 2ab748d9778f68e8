import { type Findings, scrubFindings } from "./findings.ts";
import { bundlePage } from "./page.ts";
import { type ZipEntry, zip } from "./zip.ts";

/**
 * What a technician carries away: a ZIP file whose index.html opens without the box. Secrets, people, receipts and cards
 * stay behind.
 */
export function makeBundle(findings: Findings): Buffer {
	const told = scrubFindings(findings);
	const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, "\t")}\n`);
	const lines = (all: readonly string[]): Uint8Array => Buffer.from(all.map((line) => `${line}\n`).join(""));
	const { traces, histories, logs, at: _, ...rest } = told;
	const entries: ZipEntry[] = [
		{ path: "index.html", bytes: Buffer.from(bundlePage(told)) },
		...Object.entries(rest).map(([name, value]) => ({ path: `${name}.json`, bytes: json(value ?? null) })),
		...histories.map((history) => ({ path: `history/${history.device}.json`, bytes: json(history) })),
		...[...traces].map(([device, all]) => ({
			path: `traces/${device}.ndjson`,
			bytes: lines(all.map((trace) => JSON.stringify(trace))),
		})),
		{ path: "logs.ndjson", bytes: lines(logs) },
	];
	return zip(entries, findings.at);
}

import { isDeepStrictEqual } from "node:util";
import type { Turnover } from "@kassahub/contracts/turnover.ts";
import { until } from "./processes.ts";
import type { Rest } from "./rest.ts";

const RELAY_WITHIN_MS = 60_000;
const compared = ["sales", "refunds", "total", "rounding", "byVatRate", "byGroup", "byMethod"] as const;

/** The days' turnover in the shop's books, and what the back office has different: nothing, if all is well. */
export type Comparison = { cents: number; differences: string[] };

/** Waits until the back office has the whole journal, then holds its figures against the hub's, field by field. */
export async function compareBooks(hub: Rest, officeUrl: string, days: Iterable<string>): Promise<Comparison> {
	await until("the back office to have the whole journal", RELAY_WITHIN_MS, async () => {
		const { journal } = await hub.get<{ journal: { number: number } }>("/health");
		const { acknowledged } = await hub.get<{ acknowledged: number }>("/relay");
		return acknowledged === journal.number || undefined;
	});
	const comparison: Comparison = { cents: 0, differences: [] };
	for (const day of days) {
		const inHub = await hub.get<Turnover>(`/turnover?day=${day}`);
		const answer = await fetch(`${officeUrl}/api/v1/turnover?day=${day}`);
		if (!answer.ok) throw new Error(`the back office answered ${answer.status}: ${await answer.text()}`);
		const inOffice = (await answer.json()) as Turnover;
		comparison.cents += inHub.total;
		for (const field of compared) {
			if (isDeepStrictEqual(inHub[field], inOffice[field])) continue;
			const [here, there] = [inHub[field], inOffice[field]].map((value) => JSON.stringify(value));
			comparison.differences.push(`${day} ${field}: ${here} in the shop, ${there} in the back office`);
		}
	}
	return comparison;
}

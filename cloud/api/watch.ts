import { TENANT } from "../ledger.ts";
import type { App } from "./app.ts";
import type { Parts } from "./parts.ts";

/** For whoever watches the office itself: /healthz, and /metrics for Prometheus. */
export function watchRoutes(app: App, { database, isHearing }: Parts): void {
	app.get("/healthz", async (_request, reply) => {
		await database.query("select 1");
		if (!isHearing()) return reply.code(503).send({ status: "no broker" });
		return { status: "ok" };
	});

	app.get("/metrics", async (_request, reply) => {
		const boxes = await database.query<{ shop: string; box: string; number: number; silent: number }>(
			`select shop, box, number, extract(epoch from now() - heard_at)::float8 as silent from boxes where tenant = $1`,
			[TENANT],
		);
		const rows = (name: string, value: "number" | "silent") =>
			boxes.map((row) => `${name}{shop="${row.shop}",box="${row.box}"} ${row[value]}\n`).join("");
		reply.type("text/plain; version=0.0.4");
		return [
			"# HELP kassahub_office_hearing Whether the back office is connected to its broker\n",
			`# TYPE kassahub_office_hearing gauge\nkassahub_office_hearing ${isHearing() ? 1 : 0}\n`,
			"# HELP kassahub_office_journal_number Highest journal number of a box without a gap\n",
			`# TYPE kassahub_office_journal_number gauge\n${rows("kassahub_office_journal_number", "number")}`,
			"# HELP kassahub_office_silent_seconds Since when a box was not heard\n",
			`# TYPE kassahub_office_silent_seconds gauge\n${rows("kassahub_office_silent_seconds", "silent")}`,
		].join("");
	});
}

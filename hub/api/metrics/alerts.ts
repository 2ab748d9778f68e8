import { Counter, Gauge, type Registry } from "prom-client";
import type { Parts } from "../parts.ts";

const severities = ["info", "warning", "critical"] as const;

export function measureAlerts(registry: Registry, { alerts }: Pick<Parts, "alerts">): void {
	const registers = [registry];
	new Gauge({
		name: "kassahub_alerts",
		help: "Alerts that stand now; acknowledged where somebody sees to it",
		labelNames: ["severity", "acknowledged"],
		registers,
		collect() {
			this.reset();
			for (const severity of severities) {
				for (const isSeen of [false, true]) {
					const those = alerts
						.list()
						.filter((alert) => alert.severity === severity && (alert.acknowledgedBy !== undefined) === isSeen);
					this.set({ severity, acknowledged: String(isSeen) }, those.length);
				}
			}
		},
	});
	new Counter({
		name: "kassahub_alerts_raised_total",
		help: "Alerts raised since the hub started",
		labelNames: ["code"],
		registers,
		collect() {
			this.reset();
			for (const [code, count] of alerts.counts()) this.inc({ code }, count);
		},
	});
}

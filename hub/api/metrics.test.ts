import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTryShop, type TryShop } from "./try-shop.ts";

let shop: TryShop;
beforeAll(async () => {
	shop = await openTryShop();
});
afterAll(() => shop[Symbol.asyncDispose]());

const root = join(import.meta.dirname, "../..");
const metrics = async (): Promise<string> =>
	(await shop.app.inject({ url: "/metrics", remoteAddress: "127.0.0.1" })).body;

test("the dashboard shows only what the hub measures, and all of the box, devices and alerts", async () => {
	const text = await metrics();
	const measured = new Map(
		[...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name as string, kind]),
	);
	const dashboard = readFileSync(join(root, "docs/grafana/kassahub.json"), "utf8");
	const used = new Set(dashboard.match(/\bkassahub_[a-z0-9_]+/g));
	const unknown = [...used].filter(
		(name) => !measured.has(name) && measured.get(name.replace(/_(bucket|sum|count)$/, "")) !== "histogram",
	);
	expect(unknown).toEqual([]);
	expect(used.size).toBeGreaterThan(20);
	const { panels } = JSON.parse(dashboard) as { panels: { id: number; targets: { expr: string }[] }[] };
	expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
	for (const { targets } of panels) expect(targets.every(({ expr }) => expr.includes("kassahub_"))).toBe(true);
});

test("names carry their unit, and counters end in _total", async () => {
	for (const [, name, kind] of (await metrics()).matchAll(/^# TYPE (kassahub_\S+) (\S+)$/gm)) {
		if (kind === "counter") expect(name).toMatch(/_total$/);
		else expect(name).not.toMatch(/_total$/);
	}
});

test("the box, its parts, the devices and the alerts are measured", async () => {
	shop.alerts.raise("DISK_LOW", "box", "warning");
	const at = "2026-11-23T10:15:00.000+01:00";
	const command = { id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a13", at, action: "open-drawer" as const };
	shop.histories.sent(command.id);
	shop.histories.heardResult({ id: command.id, device: "bonprinter", status: "failed" });
	const text = await metrics();
	for (const line of [
		/^kassahub_box_uptime_seconds \d+/m,
		/^kassahub_box_memory_available_bytes \d+/m,
		/^kassahub_box_disk_free_bytes \d+/m,
		/^kassahub_box_clock_synchronised [01]$/m,
		/^kassahub_part_memory_bytes\{part="hub"\} \d+/m,
		/^kassahub_part_restarts_total\{part="hub"\} 0$/m,
		/^kassahub_alerts\{severity="warning",acknowledged="false"\} 1$/m,
		/^kassahub_alerts_raised_total\{code="DISK_LOW"\} 1$/m,
		/^kassahub_device_errors_total\{device="bonprinter"\} 1$/m,
		/^kassahub_device_commands_total\{device="bonprinter"\} 1$/m,
	]) {
		expect(text).toMatch(line);
	}
	shop.alerts.clear("box");
	// A Pi tells its voltage, other machines have no such series: never a 0 that nobody measured.
	if (!/^kassahub_box_undervoltage [01]$/m.test(text)) expect(text).not.toMatch(/^kassahub_box_undervoltage/m);
});

test("the hub is ready once its books are open, clients can connect and the bridge is heard, and says what is missing", async () => {
	const ready = async () => {
		const answer = await shop.app.inject({ url: "/readyz", remoteAddress: "10.0.0.7" });
		return [answer.statusCode, answer.json()];
	};
	expect(await ready()).toEqual([503, { status: "not ready", books: true, broker: false, bridge: false }]);
	await shop.broker.attachTcp(0, "127.0.0.1");
	const bridge: DeviceState = {
		device: "bridge",
		class: "bridge",
		driver: "bridge",
		link: "",
		state: "online",
		since: "",
	};
	shop.devices.heardState(bridge);
	expect(await ready()).toEqual([200, { status: "ready", books: true, broker: true, bridge: true }]);
	shop.alerts.raise("JOURNAL_DISK_FULL", "journal", "critical");
	expect(await ready()).toEqual([503, { status: "not ready", books: false, broker: true, bridge: true }]);
	shop.alerts.clear("journal");
	shop.devices.heardState({ ...bridge, state: "offline" });
	expect(await ready()).toEqual([503, { status: "not ready", books: true, broker: true, bridge: false }]);
});

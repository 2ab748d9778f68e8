import { Counter, Gauge, type Registry } from "prom-client";
import type { Totals } from "../../devices/history.ts";
import type { Parts } from "../parts.ts";

/** Devices as they are, and what they went through since the hub started. */
export function measureDevices(registry: Registry, { devices, histories }: Pick<Parts, "devices" | "histories">): void {
	const registers = [registry];
	new Gauge({
		name: "kassahub_device_up",
		help: "1 where the device is online, 0 where it is connecting, degraded or offline",
		labelNames: ["device", "class"],
		registers,
		collect() {
			this.reset();
			for (const state of devices.list()) {
				this.set({ device: state.device, class: state.class }, state.state === "online" ? 1 : 0);
			}
		},
	});
	new Gauge({
		name: "kassahub_device_battery_ratio",
		help: "What is left in the device's battery",
		labelNames: ["device"],
		registers,
		collect() {
			this.reset();
			for (const { device, battery } of devices.list()) {
				if (battery !== undefined) this.set({ device }, battery / 100);
			}
		},
	});
	const total = (name: string, help: string, read: (totals: Totals) => number): void => {
		new Counter({
			name: `kassahub_device_${name}_total`,
			help,
			labelNames: ["device"],
			registers,
			collect() {
				this.reset();
				for (const [device, totals] of histories.totals()) this.inc({ device }, read(totals));
			},
		});
	};
	total("reconnects", "Times that the device came back online", ({ reconnects }) => reconnects);
	total("errors", "Faults that came up, and commands that failed", ({ errors }) => errors);
	total("commands", "Commands of the hub and of REST that were answered", ({ commands }) => commands);
	total("command_seconds", "Time that those commands took together", ({ commandMs }) => commandMs / 1000);
}

import { Counter, Gauge, type Registry } from "prom-client";
import type { Parts } from "../parts.ts";

/** The machine, and the programs of the hub on it. What it does not tell has no series. */
export function measureBox(registry: Registry, { box }: Pick<Parts, "box">): void {
	const registers = [registry];
	const gauge = (name: string, help: string, read: () => number | undefined): void => {
		new Gauge({
			name: `kassahub_box_${name}`,
			help,
			registers,
			collect() {
				const value = read();
				this.remove();
				if (value !== undefined) this.set(value);
			},
		});
	};
	const counter = (name: string, help: string, read: () => number): void => {
		new Counter({
			name: `kassahub_box_${name}`,
			help,
			registers,
			collect() {
				this.reset();
				this.inc(read());
			},
		});
	};
	const oneIf = (fact: boolean | undefined): number | undefined => (fact === undefined ? undefined : Number(fact));
	gauge("uptime_seconds", "Since the machine started", () => box.view.uptimeSeconds);
	gauge("cpu_busy_ratio", "Share of all cores in use since the last look", () => box.view.cpu.busy);
	gauge("load1", "Load average of the last minute", () => box.view.cpu.load);
	gauge("temperature_celsius", "Of the processor", () => box.view.cpu.celsius);
	gauge("memory_total_bytes", "Memory of the machine, or of its container", () => box.view.memory?.totalBytes);
	gauge("memory_available_bytes", "Memory still to be had", () => box.view.memory?.availableBytes);
	gauge("disk_total_bytes", "Disk of the data folder", () => box.view.disk.totalBytes);
	gauge("disk_free_bytes", "Free on the disk of the data folder", () => box.view.disk.freeBytes);
	gauge("disk_life_used_ratio", "Share of the memory card's life that is used", () => box.view.disk.lifeUsed);
	counter(
		"disk_written_bytes_total",
		"By the hub and its parts since the hub started",
		() => box.view.disk.writtenBytes ?? 0,
	);
	gauge("undervoltage", "1 while the power supply is too weak", () => oneIf(box.view.power?.undervoltage));
	gauge("throttled", "1 while the processor holds itself back", () => oneIf(box.view.power?.throttled));
	gauge("clock_synchronised", "1 where a time server has set the clock", () =>
		oneIf(box.view.clock.quality === "synchronised"),
	);
	counter("clock_jumps_total", "Times that the clock was set by more than ten seconds", () => box.view.clock.jumps);
	new Gauge({
		name: "kassahub_part_up",
		help: "1 where the part of the hub runs",
		labelNames: ["part"],
		registers,
		collect() {
			this.reset();
			for (const { name, pid } of box.view.parts) this.set({ part: name }, pid === undefined ? 0 : 1);
		},
	});
	new Gauge({
		name: "kassahub_part_memory_bytes",
		help: "What the part's process holds in memory",
		labelNames: ["part"],
		registers,
		collect() {
			this.reset();
			for (const { name, memoryBytes } of box.view.parts) {
				if (memoryBytes !== undefined) this.set({ part: name }, memoryBytes);
			}
		},
	});
	new Counter({
		name: "kassahub_part_restarts_total",
		help: "Times that the part ended by itself and was started again",
		labelNames: ["part"],
		registers,
		collect() {
			this.reset();
			for (const { name, restarts } of box.view.parts) this.inc({ part: name }, restarts);
		},
	});
}

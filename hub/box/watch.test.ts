import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Box } from "@kassahub/contracts/box.ts";
import { Compile } from "typebox/compile";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Alerts } from "../alerts.ts";
import type { Clock } from "../clock.ts";
import { jumpWords } from "./clock-watch.ts";
import { Kernel } from "./kernel.ts";
import { BoxWatch } from "./watch.ts";

const GIBIBYTE = 1024 ** 3;
const MINUTE = 60_000;
let root: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "kassahub-box-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string): void {
	mkdirSync(dirname(join(root, path)), { recursive: true });
	writeFileSync(join(root, path), text);
}

/** A box whose files, clock and disk a test moves by hand. */
class World {
	wallMs = Date.parse("2026-11-23T09:00:00Z");
	runMs = 0;
	quality: "synchronised" | "unsynchronised" = "synchronised";
	freeBytes = 20 * GIBIBYTE;
	readonly clock: Clock = {
		setting: {},
		epochMs: () => this.wallMs,
		now: () => ({ at: new Date(this.wallMs).toISOString(), quality: this.quality }),
	};
	readonly told: string[] = [];
	readonly alerts = new Alerts((_message, _levels, value) => {
		const { code, state } = value as { code: string; state: string };
		this.told.push(`${code} ${state}`);
	}, this.clock);
	readonly part = {
		name: "cloud-relay",
		pid: 4711,
		restarts: 0,
		lastStop: { at: "2026-11-23T09:02:11.000+01:00", reason: "ended with 1" },
	};
	readonly watch = new BoxWatch({
		dataDir: root,
		root,
		clock: this.clock,
		alerts: this.alerts,
		now: () => this.runMs,
		space: () => ({ freeBytes: this.freeBytes, totalBytes: 32 * GIBIBYTE }),
	});

	constructor() {
		this.watch.watch([{ status: this.part }]);
		this.watch.close();
	}

	pass(ms: number): Box {
		this.wallMs += ms;
		this.runMs += ms;
		return this.watch.look();
	}

	get raised(): string[] {
		return this.alerts.list().map(({ code, subject }) => `${code} ${subject}`);
	}
}

describe("a Raspberry Pi", () => {
	test("tells load, heat, power, memory, wear and its programs", () => {
		put("proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0");
		put("proc/uptime", "864000.12 3000000.00\n");
		put("proc/loadavg", "0.31 0.20 0.10 1/300 999\n");
		put("proc/stat", "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 1 1 1\n");
		put("proc/meminfo", "MemTotal:        4000000 kB\nMemFree: 1 kB\nMemAvailable:    3000000 kB\n");
		put("proc/self/status", "Name:\tnode\nVmRSS:\t  120000 kB\n");
		put("proc/self/io", "rchar: 1\nwrite_bytes: 1000\n");
		put("proc/4711/status", "VmRSS:\t  90000 kB\n");
		put("proc/4711/io", "write_bytes: 500\n");
		put("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
		put("sys/class/thermal/thermal_zone0/temp", "52300\n");
		put("sys/class/thermal/thermal_zone1/type", "nvme\n");
		put("sys/class/thermal/thermal_zone1/temp", "71000\n");
		put("sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled", "50000\n");
		put("sys/block/mmcblk0/device/life_time", "0x01 0x03\n");
		const world = new World();
		put("proc/stat", "cpu  150 0 150 800 100 0 0 0 0 0\n");
		put("proc/4711/io", "write_bytes: 60500\n");
		const box = world.pass(MINUTE);
		expect([...Compile(Box).Errors(box)]).toEqual([]);
		expect(box).toMatchObject({
			model: "Raspberry Pi 5 Model B Rev 1.0",
			uptimeSeconds: 864_000,
			cpu: { load: 0.31, celsius: 52.3, busy: 0.5 },
			power: { undervoltage: false, throttled: false, undervoltageSeen: true, throttledSeen: true },
			memory: { totalBytes: 4_096_000_000, availableBytes: 3_072_000_000 },
			disk: { lifeUsed: 0.3, writtenBytes: 61_500, writtenBytesPerHour: 61_500 * 60 },
			parts: [
				{ name: "hub", memoryBytes: 122_880_000 },
				{ name: "cloud-relay", memoryBytes: 92_160_000, pid: 4711 },
			],
		});
		expect(world.raised).toEqual([]);
	});

	test("says undervoltage once, and takes it back only when it stays away", () => {
		const file = "sys/devices/platform/soc/soc:firmware/get_throttled";
		put(file, "0\n");
		const world = new World();
		for (let minute = 0; minute < 30; minute++) {
			put(file, minute % 2 ? "50005\n" : "50000\n");
			world.pass(MINUTE);
		}
		expect(world.told).toEqual(["BOX_THROTTLED raised", "BOX_UNDERVOLTAGE raised"]);
		put(file, "50000\n");
		world.pass(10 * MINUTE);
		expect(world.raised).toEqual([]);
	});

	test("without the firmware's word is asked by the kernel's own watch on the voltage", () => {
		put("sys/class/hwmon/hwmon1/name", "rpi_volt\n");
		put("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");
		expect(new Kernel(root).power()).toMatchObject({ undervoltage: true });
	});
});

test("a machine that tells nothing is still told of, without figures made up", () => {
	const box = new World().pass(MINUTE);
	expect([...Compile(Box).Errors(box)]).toEqual([]);
	expect(box.cpu).not.toHaveProperty("celsius");
	expect(box).not.toHaveProperty("power");
	expect(box).not.toHaveProperty("memory");
});

test("garbage in the kernel's files is no figure", () => {
	put("proc/uptime", "");
	put("proc/loadavg", "x y z");
	put("proc/stat", "cpu  a b c d\n");
	put("sys/class/thermal/thermal_zone0/temp", "\n");
	put("sys/devices/platform/soc/soc:firmware/get_throttled", "zz\n");
	put("sys/block/mmcblk0/device/life_time", "0x00 0x00\n");
	const box = new World().pass(MINUTE);
	expect([...Compile(Box).Errors(box)]).toEqual([]);
});

test("this machine itself is told of", () => {
	const world = new World();
	const watch = new BoxWatch({ dataDir: root, clock: world.clock, alerts: world.alerts });
	expect([...Compile(Box).Errors(watch.view)]).toEqual([]);
	expect(watch.view.parts[0]?.memoryBytes).toBeGreaterThan(10_000_000);
	expect(watch.view.uptimeSeconds).toBeGreaterThan(0);
});

test("a container's own limit counts where it is less than the machine", () => {
	put("proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable: 6000000 kB\n");
	put("sys/fs/cgroup/memory.max", "1000000000\n");
	put("sys/fs/cgroup/memory.current", "980000000\n");
	put("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file 30000000\n");
	expect(new Kernel(root).memory()).toEqual({ totalBytes: 1_000_000_000, availableBytes: 50_000_000 });
	const world = new World();
	expect(world.alerts.list()).toMatchObject([{ code: "MEMORY_LOW", detail: "48 MiB of 954 MiB left" }]);
});

test("a disk that fills is told, then told to be nearly full, each once, and no longer when there is room", () => {
	const world = new World();
	const free = (mebibytes: number) => {
		world.freeBytes = mebibytes * 1024 ** 2;
		world.pass(MINUTE);
		return world.raised;
	};
	expect(free(1000)).toEqual(["DISK_LOW box"]);
	expect(free(1030)).toEqual(["DISK_LOW box"]);
	expect(free(199)).toEqual(["DISK_NEARLY_FULL box"]);
	expect(free(210)).toContain("DISK_NEARLY_FULL box");
	expect(free(500)).toEqual(["DISK_LOW box"]);
	expect(free(4000)).toEqual([]);
});

test("heat is told from 80 °C on, and no longer below 75", () => {
	const world = new World();
	const at = (milli: number) => {
		put("sys/class/thermal/thermal_zone0/temp", `${milli}\n`);
		world.pass(MINUTE);
		return world.raised;
	};
	expect(at(79_900)).toEqual([]);
	expect(at(80_000)).toEqual(["BOX_HOT box"]);
	expect(at(76_000)).toEqual(["BOX_HOT box"]);
	expect(at(74_000)).toEqual([]);
	expect(world.told).toEqual(["BOX_HOT raised", "BOX_HOT cleared"]);
});

test("a clock that is set by a year is told with how far, either way; one that runs is not", () => {
	const world = new World();
	world.pass(15_000);
	expect(world.raised).toEqual([]);
	world.wallMs += 365 * 86_400_000;
	expect(world.pass(15_000).clock).toMatchObject({ jumps: 1, lastJump: { seconds: 31_536_000 } });
	expect(world.alerts.list()).toMatchObject([{ code: "CLOCK_JUMPED", detail: "365 d forward" }]);
	world.wallMs -= 7_260_000;
	world.pass(15_000);
	expect(world.alerts.list()).toMatchObject([{ detail: "2 h 1 min back" }]);
	world.pass(60 * MINUTE);
	expect(world.raised).toEqual([]);
	expect(jumpWords(-45)).toBe("45 s back");
});

test("a clock that nobody sets is told ten minutes after the start, until somebody does", () => {
	const world = new World();
	world.quality = "unsynchronised";
	world.pass(MINUTE);
	world.pass(9 * MINUTE);
	expect(world.raised).toEqual([]);
	world.pass(MINUTE);
	expect(world.raised).toEqual(["CLOCK_UNSYNCHRONISED box"]);
	world.quality = "synchronised";
	world.pass(MINUTE);
	expect(world.raised).toEqual([]);
});

test("a part that keeps restarting raises one alert with its last reason, until it has run for ten minutes", () => {
	const world = new World();
	for (let restarts = 1; restarts <= 20; restarts++) {
		world.part.restarts = restarts;
		world.pass(MINUTE);
	}
	expect(world.told).toEqual(["PART_RESTARTING raised"]);
	expect(world.alerts.list()).toMatchObject([{ subject: "part:cloud-relay", detail: "ended with 1" }]);
	world.pass(9 * MINUTE);
	expect(world.raised).toHaveLength(1);
	world.pass(2 * MINUTE);
	expect(world.raised).toEqual([]);
});

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Box } from "@kassahub/contracts/box.ts";

/** Linux 5.15 Documentation/admin-guide/cgroup-v2.rst: `max` where nobody set a limit. */
const NO_LIMIT = "max";

/** What the kernel tells in /proc and /sys, below a root that a test may put elsewhere. What it does not tell is undefined. */
export class Kernel {
	readonly #root: string;

	constructor(root = "/") {
		this.#root = root;
	}

	model(): string | undefined {
		return this.#text("proc/device-tree/model")?.replaceAll("\0", "").trim();
	}

	uptimeSeconds(): number {
		return Math.floor(Number(this.#text("proc/uptime")?.split(" ")[0] ?? 0));
	}

	load(): number | undefined {
		return numberIn(this.#text("proc/loadavg")?.split(" ")[0]);
	}

	/** Ticks since the machine started, over all cores: proc(5), /proc/stat. */
	cpuTicks(): { busy: number; all: number } | undefined {
		const ticks = /^cpu +(.+)$/m
			.exec(this.#text("proc/stat") ?? "")?.[1]
			?.split(" ")
			.map(Number);
		if (!ticks?.every(Number.isFinite)) return undefined;
		// user nice system idle iowait irq softirq steal; guest time is counted in user already.
		const all = ticks.slice(0, 8).reduce((sum, count) => sum + count, 0);
		return { busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0), all };
	}

	/** The processor's own zone where one is named so, else the hottest. */
	celsius(): number | undefined {
		const zones = this.#find("sys/class/thermal/thermal_zone*").flatMap((zone) => {
			const milli = numberIn(this.#text(`${zone}/temp`));
			return milli === undefined ? [] : [{ type: this.#text(`${zone}/type`)?.trim() ?? "", celsius: milli / 1000 }];
		});
		const processor = zones.filter(({ type }) => /cpu|x86_pkg/.test(type));
		const chosen = (processor.length > 0 ? processor : zones).map(({ celsius }) => celsius);
		return chosen.length > 0 ? Math.max(...chosen) : undefined;
	}

	/**
	 * Raspberry Pi documentation, vcgencmd get_throttled: bit 0 under-voltage, 1 frequency capped, 2 throttled, 3 soft
	 * temperature limit; 16 to 19 the same since the start. The firmware's driver gives the same word in hexadecimal.
	 */
	power(): Box["power"] {
		const [file] = this.#find("sys/devices/platform/soc*/soc*:firmware/get_throttled");
		const word = file === undefined ? Number.NaN : Number.parseInt(this.#text(file)?.replace(/^0x/, "") ?? "", 16);
		if (!Number.isNaN(word)) {
			return {
				undervoltage: (word & 0x1) !== 0,
				throttled: (word & 0xe) !== 0,
				undervoltageSeen: (word & 0x1_0001) !== 0,
				throttledSeen: (word & 0xe_000e) !== 0,
			};
		}
		// Without that driver the kernel's own watches the voltage at least (drivers/hwmon/raspberrypi-hwmon.c).
		const sensor = this.#find("sys/class/hwmon/hwmon*").find(
			(each) => this.#text(`${each}/name`)?.trim() === "rpi_volt",
		);
		if (sensor === undefined) return undefined;
		const undervoltage = this.#text(`${sensor}/in0_lcrit_alarm`)?.trim() === "1";
		return { undervoltage, throttled: false, undervoltageSeen: undervoltage, throttledSeen: false };
	}

	/** Of the machine, or of the container where that may use less. */
	memory(): Box["memory"] {
		const text = this.#text("proc/meminfo") ?? "";
		const bytes = (name: string): number | undefined => {
			const kilobytes = numberIn(new RegExp(`^${name}: +(\\d+) kB`, "m").exec(text)?.[1]);
			return kilobytes === undefined ? undefined : kilobytes * 1024;
		};
		const [total, available] = [bytes("MemTotal"), bytes("MemAvailable")];
		if (total === undefined || available === undefined) return undefined;
		const limit = this.#text("sys/fs/cgroup/memory.max")?.trim();
		const used = numberIn(this.#text("sys/fs/cgroup/memory.current"));
		// Pages of files count as used too, and are given back as soon as they are wanted.
		const cached = numberIn(/^inactive_file (\d+)$/m.exec(this.#text("sys/fs/cgroup/memory.stat") ?? "")?.[1]) ?? 0;
		if (limit === undefined || limit === NO_LIMIT || used === undefined || Number(limit) >= total) {
			return { totalBytes: total, availableBytes: available };
		}
		return {
			totalBytes: Number(limit),
			availableBytes: Math.min(available, Math.max(0, Number(limit) - used + Math.min(cached, used))),
		};
	}

	/** What a process holds in memory itself, and how much it had written to disks: proc(5). */
	process(pid: number | "self"): { memoryBytes: number | undefined; writtenBytes: number | undefined } {
		const kilobytes = numberIn(/^VmRSS:\s+(\d+) kB/m.exec(this.#text(`proc/${pid}/status`) ?? "")?.[1]);
		return {
			memoryBytes: kilobytes === undefined ? undefined : kilobytes * 1024,
			writtenBytes: numberIn(/^write_bytes: (\d+)$/m.exec(this.#text(`proc/${pid}/io`) ?? "")?.[1]),
		};
	}

	/** JESD84-B51 §7.4.95: 0x01 is up to a tenth of its life used, 0x0a up to all of it, 0x0b more. The worst of the cards. */
	lifeUsed(): number | undefined {
		const shares = this.#find("sys/block/*/device/life_time").flatMap((file) =>
			(this.#text(file) ?? "")
				.trim()
				.split(/\s+/)
				.map((word) => Number.parseInt(word, 16) / 10)
				.filter((share) => share > 0),
		);
		return shares.length > 0 ? Math.max(...shares) : undefined;
	}

	#find(pattern: string): string[] {
		return globSync(pattern, { cwd: this.#root }).sort();
	}

	/** A file of the kernel's; it answers EINVAL, ENODEV and the like for what this machine does not have. */
	#text(path: string): string | undefined {
		try {
			return readFileSync(join(this.#root, path), "utf8");
		} catch {
			return undefined;
		}
	}
}

function numberIn(text: string | undefined): number | undefined {
	const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
	return Number.isFinite(value) ? value : undefined;
}

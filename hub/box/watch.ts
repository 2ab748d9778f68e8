import { statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Box } from "@kassahub/contracts/box.ts";
import type { Alerts } from "../alerts.ts";
import type { Clock } from "../clock.ts";
import type { Child } from "../supervise/child.ts";
import { BoxAttention } from "./attention.ts";
import { ClockWatch, jumpWords } from "./clock-watch.ts";
import { Kernel } from "./kernel.ts";
import { Written } from "./written.ts";

const LOOK_EVERY_MS = 15_000;

export type BoxOptions = {
	dataDir: string;
	clock: Clock;
	alerts: Pick<Alerts, "raise" | "clear">;
	/** Where /proc and /sys are found; another folder in tests. */
	root?: string;
	/** A clock that only runs on. */
	now?: () => number;
	/** Bytes free and in all on the disk of the data folder. */
	space?: () => Pick<Box["disk"], "freeBytes" | "totalBytes">;
};

/** Looks at the machine and at the hub's own programs, four times a minute, and writes nothing to disk for it. */
export class BoxWatch {
	readonly #options: BoxOptions;
	readonly #kernel: Kernel;
	readonly #now: () => number;
	readonly #clock: ClockWatch;
	readonly #attention: BoxAttention;
	readonly #written: Written;
	readonly #startedAt: string;
	readonly #model: string | undefined;
	#parts: readonly Pick<Child, "status">[] = [];
	#ticks: { busy: number; all: number } | undefined;
	#timer: NodeJS.Timeout | undefined;
	#box: Box;

	constructor(options: BoxOptions) {
		const { clock, root, now = () => performance.now() } = options;
		this.#options = options;
		this.#kernel = new Kernel(root);
		this.#now = now;
		this.#clock = new ClockWatch(clock, now);
		this.#attention = new BoxAttention(options.alerts);
		this.#written = new Written(now());
		this.#startedAt = clock.now().at;
		this.#model = this.#kernel.model();
		this.#box = this.look();
	}

	/** Looks from now on at these parts too, and by itself. */
	watch(parts: readonly Pick<Child, "status">[], alsoLook: () => void = () => undefined): void {
		this.#parts = parts;
		this.#timer = setInterval(() => {
			this.look();
			alsoLook();
		}, LOOK_EVERY_MS);
		this.#timer.unref();
	}

	close(): void {
		clearInterval(this.#timer);
	}

	/** As last looked at. */
	get view(): Box {
		return this.#box;
	}

	/** Looks once. */
	look(): Box {
		const nowMs = this.#now();
		const jump = this.#clock.look();
		const parts = this.#lookAtParts(nowMs);
		const [power, memory, celsius, load] = [
			this.#kernel.power(),
			this.#kernel.memory(),
			this.#kernel.celsius(),
			this.#kernel.load(),
		];
		const [lifeUsed, writtenBytesPerHour, busy] = [
			this.#kernel.lifeUsed(),
			this.#written.perHour(nowMs),
			this.#busyShare(),
		];
		this.#box = {
			at: this.#options.clock.now().at,
			...given({ model: this.#model }),
			uptimeSeconds: this.#kernel.uptimeSeconds(),
			hubStartedAt: this.#startedAt,
			cpu: { cores: availableParallelism(), ...given({ busy, load, celsius }) },
			...given({ power, memory }),
			disk: {
				...(this.#options.space ?? (() => spaceAt(this.#options.dataDir)))(),
				writtenBytes: this.#written.bytes,
				...given({ writtenBytesPerHour, lifeUsed }),
			},
			clock: this.#clock.view,
			parts,
		};
		this.#attention.look(this.#box, nowMs, {
			unsynchronisedMs: this.#clock.unsynchronisedMs,
			jump: jump === 0 ? undefined : jumpWords(jump),
		});
		return this.#box;
	}

	#lookAtParts(nowMs: number): Box["parts"] {
		const own = this.#kernel.process("self");
		const written = new Map<number, number>();
		if (own.writtenBytes !== undefined) written.set(process.pid, own.writtenBytes);
		const others = this.#parts.map(({ status: { name, pid, restarts, lastStop } }) => {
			const kernel = pid === undefined ? undefined : this.#kernel.process(pid);
			if (pid !== undefined && kernel?.writtenBytes !== undefined) written.set(pid, kernel.writtenBytes);
			return { name, restarts, ...given({ pid, memoryBytes: kernel?.memoryBytes, lastStop }) };
		});
		this.#written.look(nowMs, written);
		return [{ name: "hub", pid: process.pid, restarts: 0, ...given({ memoryBytes: own.memoryBytes }) }, ...others];
	}

	/** Share of all cores since the last look. */
	#busyShare(): number | undefined {
		const before = this.#ticks;
		const ticks = this.#kernel.cpuTicks();
		if (!ticks) return undefined;
		if (before && ticks.all <= before.all) return this.#box.cpu.busy;
		this.#ticks = ticks;
		return before ? Math.max(0, Math.min(1, (ticks.busy - before.busy) / (ticks.all - before.all))) : undefined;
	}
}

function spaceAt(folder: string): Pick<Box["disk"], "freeBytes" | "totalBytes"> {
	const { bavail, blocks, bsize } = statfsSync(folder);
	return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** Without what is not known. */
const given = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]?: Exclude<T[K], undefined>;
	};

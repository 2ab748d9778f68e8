import { DeviceHistory, LastReading } from "@kassahub/contracts/device-history.ts";
import { type DeviceState, deviceState } from "@kassahub/contracts/device-state.ts";
import type { Reading } from "@kassahub/contracts/reading.ts";
import fc from "fast-check";
import { Compile } from "typebox/compile";
import { afterEach, expect, test } from "vitest";
import { openTryShop, type TryShop } from "../api/try-shop.ts";
import { openClock } from "../clock.ts";
import { Histories } from "./history.ts";

const MINUTE = 60_000;
const BUCKET = 5 * MINUTE;
const isHistory = Compile(DeviceHistory);

class World {
	nowMs = 7 * BUCKET;
	readonly histories = new Histories(openClock({ fixedMs: Date.parse("2026-11-23T09:00:00Z") }), () => this.nowMs);

	hear(state: DeviceState["state"], code?: string, device = "bonprinter"): void {
		const { fault: _, ...example } = deviceState.example as DeviceState;
		this.histories.heardState({ ...example, device, state, ...(code === undefined ? {} : { fault: { code } }) });
	}

	get history(): DeviceHistory {
		return this.histories.history("bonprinter") as DeviceHistory;
	}
}

test("the share of each five minutes that a device was online, with its reconnects and errors", () => {
	const world = new World();
	world.hear("connecting");
	world.nowMs += MINUTE;
	world.hear("online");
	world.nowMs += 4 * MINUTE + 2.5 * MINUTE;
	world.hear("offline", "DEVICE_UNREACHABLE");
	world.hear("connecting");
	world.hear("offline", "DEVICE_UNREACHABLE");
	world.nowMs += 2.5 * MINUTE;
	world.hear("online");
	world.nowMs += MINUTE;
	const { buckets, ...whole } = world.history;
	expect(buckets.map(({ up, reconnects, errors }) => [up, reconnects, errors])).toEqual([
		[0.8, 0, 0],
		[0.5, 0, 1],
		[1, 1, 0],
	]);
	expect(whole).toMatchObject({ reconnects: 1, errors: 1, up: expect.closeTo(7.5 / 11, 5) });
	expect(buckets.map(({ at }) => Date.parse(at) - Date.parse("2026-11-23T09:00:00Z"))).toEqual([
		-11 * MINUTE,
		-6 * MINUTE,
		-MINUTE,
	]);
	expect([...isHistory.Errors(world.history)]).toEqual([]);
});

test("how long commands take, those of the hub itself; a failed one is an error", () => {
	const world = new World();
	world.hear("online");
	const command = (id: string, tookMs: number, status: "done" | "failed" = "done") => {
		world.histories.sent(id);
		world.nowMs += tookMs;
		world.histories.heardResult({ id, device: "bonprinter", status });
	};
	command("a", 100);
	command("b", 400, "failed");
	world.histories.heardResult({ id: "a-register's", device: "bonprinter", status: "done" });
	expect(world.history).toMatchObject({ commands: 2, errors: 1 });
	expect(world.history.buckets[0]).toMatchObject({ commands: 2, latencyMs: { mean: 250, max: 400 } });
});

test("what is older than a day is gone, and memory does not grow", () => {
	const world = new World();
	world.hear("online");
	world.hear("offline", "DEVICE_UNREACHABLE");
	world.nowMs += 25 * 60 * MINUTE;
	expect(world.history).toMatchObject({ errors: 0, up: 0 });
	expect(world.history.buckets).toHaveLength(288);
	world.nowMs += 365 * 24 * 60 * MINUTE;
	expect(world.history.buckets).toHaveLength(288);
	for (let number = 0; number < 600; number++) world.hear("online", undefined, `d-${number}`);
	expect([...world.histories.totals()]).toHaveLength(500);
	for (let number = 0; number < 5000; number++) world.histories.sent(`${number}`);
});

test("whatever happens, shares stay shares and every bucket is of the contract", () => {
	const steps = fc.record({
		afterMs: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 3 * BUCKET }), fc.constant(BUCKET)),
		state: fc.constantFrom<DeviceState["state"][]>("online", "connecting", "degraded", "offline"),
		code: fc.option(fc.constantFrom("DEVICE_UNREACHABLE", "PRINTER_PAPER_OUT"), { nil: undefined }),
	});
	fc.assert(
		fc.property(fc.array(steps, { minLength: 1, maxLength: 400 }), (sequence) => {
			const world = new World();
			const startMs = world.nowMs;
			let upMs = 0;
			let isUp = false;
			world.hear("offline");
			for (const { afterMs, state, code } of sequence) {
				world.nowMs += afterMs;
				if (isUp) upMs += afterMs;
				world.hear(state, code);
				isUp = state === "online";
			}
			const { history, nowMs } = world;
			expect(isHistory.Check(history)).toBe(true);
			const elapsedMs = nowMs - startMs;
			if (elapsedMs > 0 && elapsedMs < 287 * BUCKET) expect(history.up).toBeCloseTo(upMs / elapsedMs, 6);
		}),
	);
});

test("of a tag or a scan only that there was one is kept", () => {
	const world = new World();
	world.hear("online");
	const at = "2026-11-23T10:15:00.000+01:00";
	const readings: Reading[] = [
		{ type: "tag", device: "bonprinter", at, isPresent: true, uid: "04a1b2c3", isRandomUid: false, text: "geheim" },
		{ type: "scan", device: "bonprinter", at, text: "2912345678901" },
		{
			...{ type: "payment", device: "bonprinter", at, payment: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a10" },
			...{ message: { nl: "Voer pas in", en: "Insert card" }, mayCancel: true },
		} as Reading,
	];
	for (const reading of readings) {
		world.histories.heardReading(reading);
		expect(world.histories.reading("bonprinter")).toEqual({ type: reading.type, device: "bonprinter", at });
	}
	world.histories.heardReading({ type: "weight", device: "bonprinter", at, state: "stable", grams: 456, net: false });
	expect(world.histories.reading("bonprinter")).toMatchObject({ grams: 456 });
	world.histories.forget("bonprinter");
	expect(world.histories.reading("bonprinter")).toBeUndefined();
});

let shop: TryShop | undefined;
afterEach(async () => {
	await shop?.[Symbol.asyncDispose]();
	shop = undefined;
});

test("both are asked for over REST; a device of which nothing was read says so", async () => {
	shop = await openTryShop();
	const history = await shop.ask("technician", "GET", "/devices/weegschaal/history");
	expect([...isHistory.Errors(history.json())]).toEqual([]);
	expect((await shop.ask("technician", "GET", "/devices/weegschaal/reading")).statusCode).toBe(404);
	const at = "2026-11-23T10:15:00.000+01:00";
	shop.histories.heardReading({ type: "weight", device: "weegschaal", at, state: "moving" });
	const reading = await shop.ask("technician", "GET", "/devices/weegschaal/reading");
	expect([...Compile(LastReading).Errors(reading.json())]).toEqual([]);
	expect((await shop.ask("technician", "GET", "/devices/none/history")).json().code).toBe("DEVICE_UNKNOWN");
});

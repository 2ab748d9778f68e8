import type { Alert } from "@kassahub/contracts/alert.ts";
import { type DeviceState, deviceState } from "@kassahub/contracts/device-state.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Alerts } from "../alerts.ts";
import { openClock } from "../clock.ts";
import { CHANGES_MAX, DeviceAlerts, STEADY_MS } from "./device-alerts.ts";

const MINUTE = 60_000;

class World {
	nowMs = 0;
	readonly told: string[] = [];
	readonly alerts = new Alerts((_message, _levels, value) => {
		const { code, state } = value as Alert;
		this.told.push(`${code} ${state}`);
	}, openClock());
	readonly devices = new DeviceAlerts(this.alerts, () => this.nowMs);

	hear(state: DeviceState["state"], code?: string, device = "bonprinter"): void {
		const { fault: _, ...example } = deviceState.example as DeviceState;
		this.devices.heard({ ...example, device, state, ...(code === undefined ? {} : { fault: { code } }) });
	}

	get raised(): string[] {
		return this.alerts.list().map(({ code }) => code);
	}
}

test("a device that goes away and comes back once raises its own alert, and clears it", () => {
	const world = new World();
	world.hear("online");
	world.hear("offline", "DEVICE_UNREACHABLE");
	world.hear("connecting");
	world.hear("offline", "DEVICE_UNREACHABLE");
	world.hear("online");
	expect(world.told).toEqual(["DEVICE_UNREACHABLE raised", "DEVICE_UNREACHABLE cleared"]);
});

test("a loose cable raises one alert that says how often in how long, until it is steady", () => {
	const world = new World();
	for (let times = 0; times < 50; times++) {
		world.nowMs += 30_000;
		world.hear("offline", "DEVICE_UNREACHABLE");
		world.nowMs += 30_000;
		world.hear("online");
	}
	expect(world.raised).toEqual(["DEVICE_FLAPPING"]);
	expect(world.alerts.list()[0]?.detail).toBe("50 times in 50 min");
	expect(world.told.length).toBeLessThan(10);
	world.nowMs += STEADY_MS - 1;
	world.devices.look();
	expect(world.raised).toEqual(["DEVICE_FLAPPING"]);
	world.nowMs += 1;
	world.devices.look();
	expect(world.raised).toEqual([]);
});

test("a device that stops flapping while it is broken is told to be broken, by its own alert", () => {
	const world = new World();
	for (let times = 0; times < 9; times++) {
		world.hear(times % 2 ? "online" : "offline", times % 2 ? undefined : "DEVICE_UNREACHABLE");
	}
	expect(world.raised).toEqual(["DEVICE_FLAPPING"]);
	world.nowMs += STEADY_MS;
	world.devices.look();
	expect(world.raised).toEqual(["DEVICE_UNREACHABLE"]);
});

test("one that flaps does not hide another's trouble, and one that is taken out is told of no more", () => {
	const world = new World();
	for (let times = 0; times < 20; times++)
		world.hear(times % 2 ? "online" : "offline", times % 2 ? undefined : "DRIVER_CRASHED");
	world.hear("offline", "DEVICE_UNREACHABLE", "weegschaal");
	expect(world.raised.sort()).toEqual(["DEVICE_FLAPPING", "DEVICE_UNREACHABLE"]);
	world.devices.forget("bonprinter");
	expect(world.raised).toEqual(["DEVICE_UNREACHABLE"]);
});

const states = fc.record({
	state: fc.constantFrom<DeviceState["state"][]>("online", "connecting", "degraded", "offline"),
	code: fc.option(
		fc.constantFrom("DEVICE_UNREACHABLE", "PRINTER_PAPER_OUT", "DRIVER_CRASHED", "CONFIG_INVALID", "odd"),
		{
			nil: undefined,
		},
	),
	afterMs: fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 7 * MINUTE })),
});

test("any sequence of states tells a bounded number of times, and ends with the right alert and no other", () => {
	fc.assert(
		fc.property(fc.array(states, { maxLength: 400 }), (sequence) => {
			const world = new World();
			let right: string | undefined;
			for (const { state, code, afterMs } of sequence) {
				for (let left = afterMs; left > 0; left -= 15_000) {
					world.nowMs += Math.min(left, 15_000);
					world.devices.look();
				}
				world.hear(state, code);
				expect(world.alerts.list().length).toBeLessThanOrEqual(1);
				if (state === "connecting" && code === undefined) continue;
				right = code === "odd" || code === "CONFIG_INVALID" ? undefined : code;
			}
			// Before it flaps: a raise and a clear a change; then one alert, cleared after five steady minutes.
			const spells = Math.floor(world.nowMs / STEADY_MS) + 1;
			expect(world.told.length).toBeLessThanOrEqual(spells * 2 * (CHANGES_MAX + 1));
			world.nowMs += STEADY_MS;
			world.devices.look();
			expect(world.raised).toEqual(right ? [right] : []);
			const after = world.told.length;
			world.devices.look();
			expect(world.told).toHaveLength(after);
		}),
		{ numRuns: 300 },
	);
});

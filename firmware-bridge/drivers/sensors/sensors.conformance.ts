import type { TObject } from "typebox";
import { uuidv7 } from "uuidv7";
import { describe, expect, test } from "vitest";
import type { SensorCondition, SensorMisbehaviour } from "../../emulators/sensor-conventions.ts";
import type { BrokerAccess, LinkKind } from "../../links/link.ts";
import { type Connected, connect } from "../connected.testing.ts";
import type { BareReading, Driver, Outcome } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";

/** An emulated sensor of any kind, as the suite handles it. */
export type SensorOnBench = {
	link: string;
	source: string | number;
	/** Where its link is on the hub's own broker. */
	broker?: BrokerAccess;
	set(change: Partial<SensorCondition>): Promise<void>;
	misbehave(change: Partial<SensorMisbehaviour>): Promise<void>;
	unplug(): Promise<void>;
	replug(): Promise<void>;
	/** Cuts what connects the bridge with it. */
	cut(): Promise<void>;
	close(): Promise<void>;
};

type Traits = {
	/** What of a sensor this kind has at all, and as what it is told. */
	has: ("temperature" | "battery" | "signal" | "door")[];
	/** Whether it can say that it has no value, in words. */
	saysUnavailable: boolean;
	/** The unit, where the sensor does not tell it. */
	unit?: "g";
};

type ShelfReading = Extract<BareReading, { type: "shelf" }>;

/** A sensor with 500 g on it, and a driver that has told so. */
class Trial<K extends LinkKind> {
	readonly sensor: SensorOnBench;
	readonly #open: (settings: Record<string, unknown>) => Promise<Connected<K>>;
	#connected: Connected<K> | undefined;

	constructor(sensor: SensorOnBench, open: (settings: Record<string, unknown>) => Promise<Connected<K>>) {
		this.sensor = sensor;
		this.#open = open;
	}

	get connected(): Connected<K> {
		if (!this.#connected) throw new Error("not opened");
		return this.#connected;
	}

	get shelves(): ShelfReading[] {
		return this.connected.witness.readings.filter((reading) => reading.type === "shelf");
	}

	async open(settings: Record<string, unknown> = {}): Promise<void> {
		this.#connected = await this.#open(settings);
	}

	async close(): Promise<void> {
		await this.#connected?.link.close();
		await this.#connected?.watching.catch(() => undefined);
	}

	until(isWanted: (reading: ShelfReading) => boolean): Promise<ShelfReading> {
		return this.connected.witness.untilReading("shelf", isWanted);
	}

	untilGrams(grams: number): Promise<ShelfReading> {
		return this.until((reading) => reading.quality === "good" && reading.grams === grams);
	}

	async untilMeasure(kind: string, value: number | boolean): Promise<void> {
		const { witness } = this.connected;
		const isTold = () =>
			witness.readings.some(
				(reading) => reading.type === "measure" && reading.kind === kind && reading.value === value,
			);
		await witness.untilReading("measure", isTold);
	}

	async untilState(state: string): Promise<string | undefined> {
		return (await this.connected.witness.untilCondition((condition) => condition.state === state)).fault?.code;
	}

	selfTest(): Promise<Outcome> {
		const command = { id: uuidv7(), at: new Date().toISOString(), action: "self-test" } as const;
		return this.connected.session.perform(command, jobOnPaper());
	}
}

/** What every sensor driver must hold to, against its emulator over a real broker or a real serial port. */
export function conformSensor<T extends TObject, K extends LinkKind>(
	driver: Driver<T, K>,
	title: string,
	traits: Traits,
	start: () => Promise<SensorOnBench>,
): void {
	const shelf = { name: "links", sku: "4002", unitGrams: 100, lowPieces: 3, ...(traits.unit ? { unit: "g" } : {}) };

	/** Each trial has a sensor and a broker of its own, so that they run side by side. */
	const trial = (name: string, run: (trial: Trial<K>) => Promise<void>) =>
		test.concurrent(name, async () => {
			const sensor = await start();
			const defaults = { deadBandGrams: 5, announceHub: true, hostId: "kassahub", pollMs: 50, answerMs: 100 };
			const attempt = new Trial<K>(sensor, (settings) => {
				const all = { ...defaults, shelves: [{ ...shelf, source: sensor.source }], ...settings };
				return connect(driver, sensor.link, all, sensor.broker);
			});
			try {
				await sensor.set({ grams: 500 });
				await attempt.open();
				await attempt.untilGrams(500);
				await run(attempt);
			} finally {
				await attempt.close();
				await sensor.close();
			}
		});

	describe(`${driver.name} with ${title}`, () => {
		trial("tells a shelf in whole grams, about how many pieces are left, and when it runs low", async (attempt) => {
			const reading = { type: "shelf", shelf: "links", sku: "4002", quality: "good" };
			expect(attempt.shelves.at(-1)).toEqual({ ...reading, grams: 500, pieces: 5, isLow: false });
			await attempt.sensor.set({ grams: 310 });
			expect(await attempt.untilGrams(310)).toEqual({ ...reading, grams: 310, pieces: 3, isLow: true });
			await attempt.sensor.set({ grams: 0 });
			expect(await attempt.untilGrams(0)).toEqual({ ...reading, grams: 0, pieces: 0, isLow: true });
			await attempt.untilState("online");
		});

		trial("noise makes no message", async (attempt) => {
			for (const grams of [502, 498, 503, 497]) await attempt.sensor.set({ grams });
			await attempt.sensor.set({ grams: 700 });
			await attempt.untilGrams(700);
			expect(attempt.shelves.map(({ grams }) => grams)).toEqual([500, 700]);
		});

		if (traits.saysUnavailable) {
			for (const weightText of ["unavailable", "nan", ""]) {
				trial(`"${weightText}" is an error, and never 0`, async (attempt) => {
					await attempt.sensor.misbehave({ weightText });
					expect(await attempt.until(({ quality }) => quality === "error")).not.toHaveProperty("grams");
					expect(await attempt.untilState("degraded")).toBe("SENSOR_VALUE_INVALID");
					await attempt.sensor.misbehave({});
					await attempt.untilGrams(500);
					expect(attempt.shelves.filter(({ grams }) => grams === 0)).toEqual([]);
				});
			}
		}

		trial("garbage that goes on is a fault and never a weight, until it is over", async (attempt) => {
			for (let times = 0; times < 3; times++) await attempt.sensor.misbehave({ babbles: true });
			expect(await attempt.until(({ quality }) => quality !== "good")).not.toHaveProperty("grams");
			await attempt.connected.witness.untilCondition(({ state }) => state !== "online");
			await attempt.sensor.misbehave({});
			await attempt.sensor.set({ grams: 600 });
			await attempt.untilGrams(600);
			await attempt.untilState("online");
		});

		trial("a sensor without power takes its weight back, and has it again with power", async (attempt) => {
			await attempt.sensor.unplug();
			expect(await attempt.until(({ quality }) => quality === "offline")).not.toHaveProperty("grams");
			expect(await attempt.untilState("offline")).toBe("SENSOR_OFFLINE");
			expect(await attempt.selfTest()).toMatchObject({ status: "failed", fault: { code: "SENSOR_OFFLINE" } });
			await attempt.sensor.replug();
			await attempt.sensor.set({ grams: 800 });
			await attempt.untilGrams(800);
			await attempt.untilState("online");
		});

		trial("a lost link leaves no weight behind, and a new one brings it back", async (attempt) => {
			await attempt.sensor.cut();
			expect((await attempt.connected.link.gone).code).toBe("DEVICE_UNREACHABLE");
			await attempt.connected.watching;
			expect(attempt.shelves.at(-1)).toMatchObject({ quality: "offline" });
			await attempt.close();
			await attempt.sensor.replug();
			await attempt.open();
			await attempt.sensor.set({ grams: 900 });
			await attempt.untilGrams(900);
		});

		trial("everything else is told as measures, battery and signal also in the state", async (attempt) => {
			await attempt.sensor.set({ celsius: 7.5, battery: 42, rssi: -80, isDoorOpen: true });
			const { witness } = attempt.connected;
			if (traits.has.includes("temperature")) await attempt.untilMeasure("temperature", 7.5);
			if (traits.has.includes("door")) await attempt.untilMeasure("door", true);
			if (traits.has.includes("battery")) {
				await attempt.untilMeasure("battery", 42);
				await witness.untilCondition(({ battery }) => battery === 42);
			}
			if (traits.has.includes("signal")) {
				await attempt.untilMeasure("signal", -80);
				await witness.untilCondition(({ signal }) => signal?.value === -80);
			}
		});

		trial("a self-test says what it found", async (attempt) => {
			const { status, detail } = await attempt.selfTest();
			expect([status, detail]).toEqual(["done", expect.stringContaining("500 g")]);
		});

		trial("a shelf that the sensor does not have is named", async (attempt) => {
			await attempt.close();
			const source = typeof attempt.sensor.source === "number" ? 99 : "nergens";
			await attempt.open({ shelves: [{ ...shelf, source }] });
			const { fault } = await attempt.connected.witness.untilCondition((condition) => condition.fault !== undefined);
			expect(["SENSOR_SOURCE_UNKNOWN", "SENSOR_OFFLINE"]).toContain(fault?.code);
		});
	});
}

import type { Alert } from "@kassahub/contracts/alert.ts";
import type { Booking } from "@kassahub/contracts/booking.ts";
import type { CatalogueVersion } from "@kassahub/contracts/catalogue-version.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Drawer } from "@kassahub/contracts/drawer.ts";
import type { Reading } from "@kassahub/contracts/reading.ts";
import type { Rejection } from "@kassahub/contracts/rejection.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import type { StockLevel } from "@kassahub/contracts/stock-level.ts";
import { signal } from "@preact/signals";
import { topics } from "../kit/topics.ts";

export type WeightReading = Extract<Reading, { type: "weight" }>;
type PaymentReading = Extract<Reading, { type: "payment" }>;

/** A scale repeats its weight every five seconds: what is older than this is no longer on the plate for certain. */
const WEIGHT_FRESH_MS = 8000;

type Hearers = {
	booking: (booking: Booking) => void;
	rejection: (rejection: Rejection) => void;
	result: (result: Result) => void;
	catalogue: (version: CatalogueVersion) => void;
	payment: (reading: PaymentReading) => void;
};

/** What the hub tells this register, as it was last heard. */
export class Feed {
	readonly stock = signal<ReadonlyMap<string, number>>(new Map());
	readonly devices = signal<ReadonlyMap<string, DeviceState>>(new Map());
	readonly weights = signal<ReadonlyMap<string, WeightReading>>(new Map());
	readonly drawer = signal<Drawer | undefined>(undefined);
	readonly alerts = signal<readonly Alert[]>([]);
	readonly #register: string;
	readonly #heard: Hearers;
	readonly #levels = new Map<string, number>();
	#isStockPending = false;
	readonly #staleWeights = new Map<string, ReturnType<typeof setTimeout>>();

	constructor(register: string, heard: Hearers) {
		this.#register = register;
		this.#heard = heard;
	}

	/** Bookings first: what was waiting for this session must not meet a half subscription. */
	filters(): string[] {
		return [
			topics.bookings(this.#register),
			topics.rejections(this.#register),
			topics.drawer(this.#register),
			topics.catalogue,
			topics.stockLevels,
			topics.deviceStates,
			topics.readings,
			topics.results,
			topics.alerts,
		];
	}

	hear(topic: string, value: unknown): void {
		const levels = topic.split("/");
		const kind = levels[1] === "registers" || levels[1] === "devices" ? levels[3] : levels[1];
		if (value === undefined) {
			if (kind === "state") this.#forget(levels[2] ?? "");
			return;
		}
		switch (kind) {
			case "bookings":
				this.#heard.booking(value as Booking);
				return;
			case "rejections":
				this.#heard.rejection(value as Rejection);
				return;
			case "results":
				this.#heard.result(value as Result);
				return;
			case "catalogue":
				this.#heard.catalogue(value as CatalogueVersion);
				return;
			case "drawer":
				this.drawer.value = value as Drawer;
				return;
			case "stock":
				this.#hearStock(value as StockLevel);
				return;
			case "state":
				this.devices.value = new Map(this.devices.value).set((value as DeviceState).device, value as DeviceState);
				return;
			case "readings":
				this.#hearReading(value as Reading);
				return;
			case "alerts":
				this.#hearAlert(value as Alert);
				return;
		}
	}

	/** Out of touch: a weight on the screen would be a guess. */
	lost(): void {
		this.weights.value = new Map();
	}

	/** A device that was taken out of devices.yaml. */
	#forget(device: string): void {
		const devices = new Map(this.devices.value);
		if (devices.delete(device)) this.devices.value = devices;
	}

	/** Several hundred levels come at once on connecting: the screen follows once per frame. */
	#hearStock(level: StockLevel): void {
		this.#levels.set(level.sku, level.here.quantity);
		if (this.#isStockPending) return;
		this.#isStockPending = true;
		setTimeout(() => {
			this.#isStockPending = false;
			this.stock.value = new Map(this.#levels);
		}, 50);
	}

	#hearReading(reading: Reading): void {
		if (reading.type === "payment") this.#heard.payment(reading);
		if (reading.type !== "weight") return;
		clearTimeout(this.#staleWeights.get(reading.device));
		this.weights.value = new Map(this.weights.value).set(reading.device, reading);
		this.#staleWeights.set(
			reading.device,
			setTimeout(() => {
				const weights = new Map(this.weights.value);
				weights.delete(reading.device);
				this.weights.value = weights;
			}, WEIGHT_FRESH_MS),
		);
	}

	#hearAlert(alert: Alert): void {
		const others = this.alerts.value.filter((one) => one.code !== alert.code || one.subject !== alert.subject);
		this.alerts.value = alert.state === "raised" ? [...others, alert] : others;
	}
}

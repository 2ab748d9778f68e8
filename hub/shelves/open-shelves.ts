import type { Config } from "@kassahub/contracts/config.ts";
import { type Reading, reading } from "@kassahub/contracts/reading.ts";
import type { Alerts } from "../alerts.ts";
import type { Books } from "../books/books.ts";
import type { Broker } from "../broker/broker.ts";
import type { Devices } from "../devices/devices.ts";
import { ShelfWatch } from "./shelf-watch.ts";

const CHECK_EVERY_MS = 10_000;

export type Shelves = Pick<ShelfWatch, "list"> & { close(): void };

/** Opens the watch over the shop's shelves: it hears sensors by the broker and stock by the books, and tells by alerts. */
export async function openShelves({
	books,
	broker,
	devices,
	alerts,
	config,
}: {
	books: Pick<Books, "stock" | "on" | "off">;
	broker: Pick<Broker, "on">;
	devices: Pick<Devices, "on">;
	alerts: Alerts;
	config: Pick<Config, "devices">;
}): Promise<Shelves> {
	const watch = new ShelfWatch({ alerts, config });
	broker.on("message", ({ name, value }) => {
		if (name === reading.name && (value as Reading).type === "shelf") {
			watch.heard(value as Extract<Reading, { type: "shelf" }>);
		}
	});
	devices.on("forgotten", (device) => watch.forget(device));
	books.on("changed", ({ levels = [] }) => watch.stocked(levels));
	watch.stocked(await books.stock());
	const timer = setInterval(() => watch.check(), CHECK_EVERY_MS).unref();
	return { list: () => watch.list(), close: () => clearInterval(timer) };
}

import { type Static, Type } from "typebox";
import { ClientName, Quantity, Sku, Timestamp, Unit } from "./fields.ts";
import { defineMessage } from "./message.ts";

export const StockLevel = Type.Object({
	sku: Sku,
	unit: Type.Optional(Unit),
	here: Type.Object({
		quantity: Quantity,
		at: Timestamp,
		number: Type.Integer({ description: "Journal number it is true after" }),
	}),
	elsewhere: Type.Array(Type.Object({ location: ClientName, quantity: Quantity, at: Timestamp })),
});
export type StockLevel = Static<typeof StockLevel>;

export const stockLevel = defineMessage({
	name: "stock-level",
	summary: "Stock of a product: here, and elsewhere as last heard",
	topic: "kassahub/stock/levels/{sku}",
	qos: 0,
	retain: true,
	from: ["hub"],
	to: ["register", "technician", "relay", "sensor"],
	own: [],
	schema: StockLevel,
	example: {
		sku: "4002",
		unit: "kg",
		here: { quantity: 10_750, at: "2026-11-23T10:15:00.120+01:00", number: 4711 },
		elsewhere: [],
	},
});

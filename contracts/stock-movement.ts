import { type Static, Type } from "typebox";
import { ClientName, ContractVersion, EventId, Quantity, Sku, Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";

/**
 * A change of a product's stock that is not a sale.
 * receive, adjust, transfer, waste: `quantity` is added (negative takes away; waste is always taken away, whatever its sign).
 * count: `quantity` was counted and becomes the level.
 */
export const StockMovement = Type.Object(
	{
		v: ContractVersion,
		id: EventId,
		at: Timestamp,
		sku: Sku,
		type: Type.Enum(["receive", "count", "adjust", "transfer", "waste"]),
		quantity: Quantity,
		reason: Type.Optional(Type.String({ maxLength: 120 })),
		employee: Type.Optional(Type.String({ maxLength: 32, description: "Staff code, not a name" })),
		location: Type.Optional(ClientName),
	},
	{ additionalProperties: false },
);
export type StockMovement = Static<typeof StockMovement>;

export const stockMovement = defineMessage({
	name: "stock-movement",
	summary: "Goods received, counted, adjusted, moved or wasted; journaled before its PUBACK",
	topic: "kassahub/stock/movements",
	qos: 1,
	retain: false,
	journaledAs: "stock",
	from: ["register", "sensor", "technician"],
	to: ["hub"],
	own: [],
	schema: StockMovement,
	example: {
		id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a12",
		at: "2026-11-23T09:05:00.000+01:00",
		sku: "4002",
		type: "receive",
		quantity: 12_000,
	},
});

import { type Static, Type } from "typebox";
import { ClientName, Quantity, Sku, Timestamp, Unit } from "./fields.ts";

/** A shelf as its sensor last told of it, and whether that is what the books say. */
export const ShelfState = Type.Object({
	device: ClientName,
	shelf: Type.String({ description: "Its name; the device's own where it has only one" }),
	sku: Type.Optional(Sku),
	quality: Type.Enum(["good", "stale", "offline", "error"]),
	grams: Type.Optional(Type.Integer()),
	pieces: Type.Optional(Type.Integer({ minimum: 0, description: "About so many are left" })),
	isLow: Type.Optional(Type.Boolean()),
	at: Timestamp,
	books: Type.Optional(
		Type.Object({ quantity: Quantity, unit: Unit }, { description: "Of the product, in this shop" }),
	),
	differs: Type.Optional(
		Type.Enum(["more", "less"], {
			description: "What lies on all shelves of the product, compared with the books; an alert once it has lasted",
		}),
	),
});
export type ShelfState = Static<typeof ShelfState>;

export const shelfStateExample: ShelfState = {
	device: "schap-12",
	shelf: "links",
	sku: "4002",
	quality: "good",
	grams: 700,
	pieces: 7,
	isLow: false,
	at: "2026-11-23T10:15:00.000+01:00",
	books: { quantity: 5000, unit: "pcs" },
	differs: "more",
};

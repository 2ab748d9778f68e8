import { type Static, Type } from "typebox";
import { ContractVersion, Quantity, Sku, Unit, UnitPrice, VatRate } from "./fields.ts";

/** A product of the catalogue. Journaled as kind `product`, so that the catalogue too is folded from the journal. */
export const Product = Type.Object(
	{
		v: ContractVersion,
		sku: Sku,
		name: Type.String({ minLength: 1, maxLength: 80 }),
		nameEn: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
		group: Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,39}$", description: "Product group, a slug" }),
		unit: Unit,
		unitPrice: UnitPrice,
		vatRate: VatRate,
		eans: Type.Optional(Type.Array(Type.String({ pattern: "^(\\d{8}|\\d{12,14})$" }), { maxItems: 20 })),
		reorderLevel: Type.Optional(Quantity),
		cost: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000, description: "Cents per unit, VAT excluded" })),
		supplier: Type.Optional(Type.String({ maxLength: 80 })),
		active: Type.Optional(Type.Boolean({ description: "false takes it out of sale; absent means true" })),
	},
	{ additionalProperties: false },
);
export type Product = Static<typeof Product>;

export const productExample: Product = {
	sku: "4002",
	name: "Elstar",
	nameEn: "Elstar apples",
	group: "groente-fruit",
	unit: "kg",
	unitPrice: 299,
	vatRate: 900,
	eans: ["2140020000005"],
};

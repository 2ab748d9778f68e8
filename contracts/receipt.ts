import { type Static, Type } from "typebox";
import { Cents, Hash, VatRate } from "./fields.ts";
import { Sale } from "./sale.ts";

/** Everything a printer needs to print a receipt, whoever asks for it. */
export const Receipt = Type.Object(
	{
		language: Type.Enum(["nl", "en"]),
		shop: Type.Object({
			name: Type.String(),
			address: Type.Array(Type.String(), { maxItems: 6 }),
			vatNumber: Type.Optional(Type.String()),
			footer: Type.Optional(Type.Array(Type.String(), { maxItems: 6 })),
		}),
		sale: Sale,
		vat: Type.Array(Type.Object({ vatRate: VatRate, net: Cents, vat: Cents, total: Cents })),
		booking: Type.Optional(Type.Object({ number: Type.Integer({ minimum: 1 }), hash: Hash })),
		isCopy: Type.Boolean({ description: "Printed again: marked KOPIE" }),
	},
	{ additionalProperties: false },
);
export type Receipt = Static<typeof Receipt>;

import { type Static, Type } from "typebox";
import {
	Cents,
	ClientName,
	ContractVersion,
	EventId,
	Quantity,
	Sku,
	Timestamp,
	Unit,
	UnitPrice,
	VatRate,
} from "./fields.ts";
import { defineMessage } from "./message.ts";

export const SaleLine = Type.Object(
	{
		sku: Sku,
		name: Type.String({ minLength: 1, maxLength: 80, description: "As shown on the receipt" }),
		quantity: Quantity,
		unit: Unit,
		unitPrice: UnitPrice,
		vatRate: VatRate,
		discount: Type.Optional(
			Type.Integer({
				minimum: -1_000_000_000_000,
				maximum: 1_000_000_000_000,
				description: "Cents taken off the line",
			}),
		),
		total: Cents,
	},
	{ additionalProperties: false },
);
export type SaleLine = Static<typeof SaleLine>;

export const PaymentMethod = Type.Enum(["cash", "pin", "giftcard", "voucher", "account", "online"]);
export type PaymentMethod = Static<typeof PaymentMethod>;

export const Payment = Type.Object(
	{
		method: PaymentMethod,
		amount: Cents,
		tendered: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000_000, description: "Cash handed over" })),
		change: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000_000, description: "Cash handed back" })),
		reference: Type.Optional(
			Type.String({ maxLength: 64, description: "Terminal or voucher reference, never a card number" }),
		),
		paymentId: Type.Optional(EventId),
	},
	{ additionalProperties: false },
);
export type Payment = Static<typeof Payment>;

/** A completed sale, or a refund where quantities are negative. Unknown fields are refused: this is money. */
export const Sale = Type.Object(
	{
		v: ContractVersion,
		id: EventId,
		register: ClientName,
		at: Timestamp,
		receiptNumber: Type.Optional(Type.String({ maxLength: 32, description: "The register's own gapless number" })),
		employee: Type.Optional(Type.String({ maxLength: 32, description: "Staff code, not a name" })),
		refundOf: Type.Optional(EventId),
		receipt: Type.Optional(
			Type.Literal("none", {
				description:
					"The hub prints no receipt by itself: none was wanted, or the sale was made while the hub was away",
			}),
		),
		lines: Type.Array(SaleLine, { minItems: 1, maxItems: 500 }),
		payments: Type.Array(Payment, { maxItems: 20 }),
		rounding: Type.Integer({ minimum: -2, maximum: 2, description: "Cents added by cash rounding" }),
		total: Cents,
	},
	{ additionalProperties: false },
);
export type Sale = Static<typeof Sale>;

export const sale = defineMessage({
	name: "sale",
	summary: "A completed sale or refund of a register; journaled before its PUBACK",
	topic: "kassahub/registers/{register}/sales",
	qos: 1,
	retain: false,
	journaledAs: "sale",
	from: ["register"],
	to: ["hub"],
	own: ["register"],
	schema: Sale,
	example: {
		id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a10",
		register: "kassa-1",
		at: "2026-11-23T10:15:00.000+01:00",
		lines: [{ sku: "4002", name: "Elstar", quantity: 1250, unit: "kg", unitPrice: 299, vatRate: 900, total: 374 }],
		payments: [{ method: "cash", amount: 375 }],
		rounding: 1,
		total: 374,
	},
});

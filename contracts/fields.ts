import { Type } from "typebox";

/** An event's own id, made by its sender: a lower-case UUID, version 7 by preference (RFC 9562 §5.7). */
export const EventId = Type.String({
	pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
	description: "Lower-case UUID, version 7 by preference (RFC 9562), made by the sender",
});

/** Wall time with offset (RFC 3339 §5.6). Never used for order: that is the journal number. */
export const Timestamp = Type.String({
	pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})$",
	description: "RFC 3339 with offset, e.g. 2026-11-23T10:15:00.000+01:00",
});

/** The name of a register, device, sensor or shop: one safe topic level. */
export const ClientName = Type.String({
	pattern: "^[a-z0-9][a-z0-9-]{0,31}$",
	description: "Lower-case letters, digits and dashes, at most 32",
});

export const Sku = Type.String({
	pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$",
	description: "Article number: letters, digits, dot, dash, underscore, at most 40",
});

/** Largest quantity in thousandths and price in cents: their product stays an exact integer in a double. */
export const QUANTITY_MAX = 100_000_000;
export const PRICE_MAX = 10_000_000;
const AMOUNT_MAX = 1_000_000_000_000;

export const Cents = Type.Integer({ minimum: -AMOUNT_MAX, maximum: AMOUNT_MAX, description: "Euro cents" });

export const Quantity = Type.Integer({
	minimum: -QUANTITY_MAX,
	maximum: QUANTITY_MAX,
	description: "Thousandths of the unit: 1250 is 1.250 kg, 2000 is 2 pieces",
});

export const UnitPrice = Type.Integer({
	minimum: 0,
	maximum: PRICE_MAX,
	description: "Cents per whole unit, VAT included",
});

export const VatRate = Type.Integer({
	minimum: 0,
	maximum: 10_000,
	description: "Hundredths of a percent: 900 is 9 %",
});

export const Unit = Type.Enum(["pcs", "kg", "l", "m"], { description: "Unit of quantity" });

export const ContractVersion = Type.Optional(Type.Literal(1, { description: "Contract version; 1 where absent" }));

export const Hash = Type.String({ pattern: "^[0-9a-f]{64}$", description: "SHA-256, lower-case hex" });

/** A sentence for people, in the two languages of the screens. */
export const Sentence = Type.Object({ nl: Type.String(), en: Type.String() });

import { hasValidCheckDigit } from "@kassahub/contracts/barcode/check-digit.ts";
import { type ErrorCode, errors } from "@kassahub/contracts/errors.ts";
import { integerOf } from "./decimal.ts";

/** What is wrong with a cell, and what to write instead. */
export type CellFault = { code: ErrorCode; message: string; remedy: string };

/** Reads a cell that is not empty. */
type Read = (text: string) => unknown | CellFault;

/** A column of the file: the field of the product it fills, and how it is read. */
type Column = { field: string; isRequired?: true; read: Read };

const text: Read = (cell) => cell;

const decimal =
	(decimals: number, remedy: string): Read =>
	(cell) => {
		const value = integerOf(cell, decimals);
		return typeof value === "number" ? value : { code: "FIELD_INVALID", message: value.message, remedy };
	};

const euros = decimal(2, "Write euros with at most 2 decimals: 2.99 or 2,99");
const quantity = decimal(3, "Write whole units with at most 3 decimals: 12 or 1,250");

function eans(cell: string): string[] | CellFault {
	const codes = cell.split(/[\s|]+/).filter((code) => code !== "");
	const wrong = codes.find((code) => !/^(\d{8}|\d{12,14})$/.test(code) || !hasValidCheckDigit(code));
	if (wrong === undefined) return codes;
	const message = `"${wrong}" is no EAN: its check digit or its length is wrong`;
	return { code: "EAN_INVALID", message, remedy: errors.EAN_INVALID.remedyEn };
}

/** The columns a file may have, by their heading. `stock` fills no product: it is what was counted. */
export const columns: Readonly<Record<string, Column>> = {
	sku: { field: "sku", isRequired: true, read: text },
	name: { field: "name", isRequired: true, read: text },
	nameEn: { field: "nameEn", read: text },
	group: { field: "group", isRequired: true, read: text },
	unit: { field: "unit", isRequired: true, read: text },
	price: { field: "unitPrice", isRequired: true, read: euros },
	vatRate: {
		field: "vatRate",
		isRequired: true,
		read: decimal(2, "Write the percentage: 0, 9 or 21"),
	},
	ean: { field: "eans", read: eans },
	reorderLevel: { field: "reorderLevel", read: quantity },
	cost: { field: "cost", read: euros },
	supplier: { field: "supplier", read: text },
	stock: { field: "stock", read: quantity },
};

export const isCellFault = (value: unknown): value is CellFault =>
	typeof value === "object" && value !== null && "remedy" in value;

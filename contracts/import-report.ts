import { type Static, Type } from "typebox";

/** A line of a product file that did not go in: which, what is wrong, and what to write instead. */
export const ImportFault = Type.Object({
	line: Type.Integer({ minimum: 1, description: "Line of the file; the column names are line 1" }),
	field: Type.String({ description: "Column, empty for the whole line" }),
	code: Type.String({ description: "From the table of error codes" }),
	message: Type.String(),
	remedy: Type.String(),
});
export type ImportFault = Static<typeof ImportFault>;

/** What came of importing a file of products: good lines go in, the others are named. */
export const ImportReport = Type.Object({
	changed: Type.Integer({ minimum: 0, description: "Products that were new or different, and are journaled" }),
	unchanged: Type.Integer({ minimum: 0, description: "Products that were already so" }),
	counted: Type.Integer({ minimum: 0, description: "Products whose stock was set, where asked for" }),
	faults: Type.Array(ImportFault),
});
export type ImportReport = Static<typeof ImportReport>;

export const importReportExample: ImportReport = {
	changed: 2,
	unchanged: 301,
	counted: 0,
	faults: [
		{
			line: 17,
			field: "price",
			code: "FIELD_INVALID",
			message: '"2,995" has more than 2 decimals',
			remedy: "Write euros with at most 2 decimals: 2.99 or 2,99",
		},
	],
};

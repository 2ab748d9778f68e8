import { type Static, Type } from "typebox";
import { defineMessage } from "./message.ts";

export const CatalogueVersion = Type.Object({
	version: Type.Integer({
		minimum: 0,
		description: "Journal number of the last change; ask REST for what came since yours",
	}),
	products: Type.Integer({ minimum: 0 }),
});
export type CatalogueVersion = Static<typeof CatalogueVersion>;

export const catalogueVersion = defineMessage({
	name: "catalogue-version",
	summary: "The catalogue's version; the content comes by REST",
	topic: "kassahub/catalogue",
	qos: 1,
	retain: true,
	from: ["hub"],
	to: ["register", "technician", "relay"],
	own: [],
	schema: CatalogueVersion,
	example: { version: 304, products: 304 },
});

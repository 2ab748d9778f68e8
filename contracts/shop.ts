import { type Static, Type } from "typebox";
import { ClientName } from "./fields.ts";

const Served = Type.Object({
	device: ClientName,
	registers: Type.Union([Type.Array(ClientName), Type.Null()], { description: "The registers it serves; null: all" }),
});

/** The shop as a register needs to know it; a register is told only of the devices that serve it. */
export const Shop = Type.Object({
	id: ClientName,
	name: Type.String(),
	address: Type.Array(Type.String()),
	vatNumber: Type.Optional(Type.String()),
	language: Type.Enum(["nl", "en"]),
	footer: Type.Array(Type.String()),
	printers: Type.Array(
		Type.Object({
			...Served.properties,
			receipts: Type.Enum(["always", "on-request"], { description: "Whether the hub prints every sale by itself" }),
		}),
	),
	scales: Type.Array(Served),
	terminals: Type.Array(Served),
});
export type Shop = Static<typeof Shop>;

export const shopExample: Shop = {
	id: "vijzel",
	name: "Delicatessen De Vijzel",
	address: ["Kromme Greppel 12", "3511 AA Utrecht"],
	vatNumber: "NL000000000B00",
	language: "nl",
	footer: ["Tot ziens!"],
	printers: [{ device: "bonprinter", registers: null, receipts: "always" }],
	scales: [{ device: "weegschaal", registers: ["kassa-1"] }],
	terminals: [{ device: "pin-1", registers: null }],
};

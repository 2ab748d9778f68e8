import { type Static, Type } from "typebox";
import { JournalEntry } from "./journal-entry.ts";
import { Sale, sale } from "./sale.ts";

/** A sale as the books have it: its journal entry, with the sale in place of the payload. */
export const BookedSale = Type.Object({ ...Type.Omit(JournalEntry, ["payload"]).properties, sale: Sale });
export type BookedSale = Static<typeof BookedSale>;

export const bookedSaleExample: BookedSale = {
	number: 4711,
	id: sale.example.id,
	kind: "sale",
	source: "register:kassa-1",
	at: "2026-11-23T10:15:00.120+01:00",
	clock: "synchronised",
	previousHash: "0c7b6c2b04a1c8f7a0d2f9d94d3f8b9b4a3f8f9e2f8d1b3c5e7a9b0c2d4e6f80",
	hash: "4fe5ae5b7cdb774e3fbf0291554aa4266e398b3854d9872474306ba441207c0f",
	sale: sale.example,
};

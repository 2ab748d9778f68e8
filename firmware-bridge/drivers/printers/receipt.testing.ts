import type { Receipt } from "@kassahub/contracts/receipt.ts";
import { sale } from "@kassahub/contracts/sale.ts";
import { vatTable } from "@kassahub/contracts/vat.ts";

export const receipt: Receipt = {
	language: "nl",
	shop: { name: "Kaashuis De Brink", address: ["Brink 12"] },
	sale: sale.example,
	vat: vatTable(sale.example.lines),
	isCopy: false,
};

/** Times that a test does not have to wait for. */
export const settings = { columns: 48, codePage: 858, drawerPin: 2, answerMs: 500, confirmMs: 3000 };

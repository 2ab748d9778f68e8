import type { Sale } from "@kassahub/contracts/sale.ts";

type Method = Sale["payments"][number]["method"];

/** The words on a receipt. */
export type ReceiptWords = {
	copy: string;
	refund: string;
	receipt: string;
	register: string;
	employee: string;
	total: string;
	rounding: string;
	discount: string;
	tendered: string;
	change: string;
	vat: string;
	net: string;
	gross: string;
	vatNumber: string;
	journal: string;
	thanks: string;
	methods: Record<Method, string>;
};

export const words: Record<"nl" | "en", ReceiptWords> = {
	nl: {
		copy: "KOPIE",
		refund: "RETOUR",
		receipt: "Bon",
		register: "Kassa",
		employee: "Medewerker",
		total: "TOTAAL",
		rounding: "Afronding",
		discount: "Korting",
		tendered: "Ontvangen",
		change: "Wisselgeld",
		vat: "Btw",
		net: "Excl. btw",
		gross: "Incl. btw",
		vatNumber: "Btw-nr.",
		journal: "Journaal",
		thanks: "Bedankt en tot ziens!",
		methods: {
			cash: "Contant",
			pin: "Pin",
			giftcard: "Cadeaukaart",
			voucher: "Tegoedbon",
			account: "Op rekening",
			online: "Online betaald",
		},
	},
	en: {
		copy: "COPY",
		refund: "REFUND",
		receipt: "Receipt",
		register: "Register",
		employee: "Served by",
		total: "TOTAL",
		rounding: "Rounding",
		discount: "Discount",
		tendered: "Tendered",
		change: "Change",
		vat: "VAT",
		net: "Excl. VAT",
		gross: "Incl. VAT",
		vatNumber: "VAT no.",
		journal: "Journal",
		thanks: "Thank you, see you again!",
		methods: {
			cash: "Cash",
			pin: "Card",
			giftcard: "Gift card",
			voucher: "Voucher",
			account: "On account",
			online: "Paid online",
		},
	},
};

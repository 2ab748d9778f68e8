import { divideRounded, lineTotal } from "@kassahub/contracts/money.ts";
import type { Payment, Sale, SaleLine } from "@kassahub/contracts/sale.ts";
import { cashDue } from "@kassahub/contracts/sale-arithmetic.ts";
import { uuidv7 } from "uuidv7";
import type { Wish } from "./basket.ts";
import type { Random } from "./random.ts";

/** Invented: the share of customers that pay in cash, and what they pay with, in cents. */
const CASH_SHARE = 0.25;
const NOTES = [500, 1000, 2000, 5000];

/** The present, as registers write it: local time with its offset. */
export function timestamp(now = new Date()): string {
	const offset = -now.getTimezoneOffset();
	const local = new Date(now.getTime() + offset * 60_000).toISOString().slice(0, -1);
	const pad = (value: number) => String(Math.floor(value)).padStart(2, "0");
	return `${local}${offset < 0 ? "-" : "+"}${pad(Math.abs(offset) / 60)}:${pad(Math.abs(offset) % 60)}`;
}

export function lineOf({ product, quantity, discountPercent }: Wish): SaleLine {
	const { sku, name, unit, unitPrice, vatRate } = product;
	const full = lineTotal({ quantity, unitPrice });
	const discount = divideRounded(full * discountPercent, 100);
	const line = { sku, name, quantity, unit, unitPrice, vatRate, total: full - discount };
	return discount === 0 ? line : { ...line, discount };
}

type Till = { register: string; employee: string; receiptNumber: string };

/** A sale of these lines, paid in cash (rounded to 5 cents, with change) or by pin. */
export function ringUp(till: Till, lines: SaleLine[], random: Random): Sale {
	const total = lines.reduce((sum, line) => sum + line.total, 0);
	const payment = total > 0 && random.chance(CASH_SHARE) ? payCash(total, random) : payByPin(total);
	return { id: uuidv7(), at: timestamp(), ...till, lines, total, ...payment };
}

/** The refund of one line of a sale, paid back the way the sale was paid. */
export function refund(till: Till, sold: Sale, line: SaleLine): Sale {
	const returned: SaleLine = { ...line, quantity: -line.quantity, total: -line.total };
	if (line.discount !== undefined) returned.discount = -line.discount;
	const isCash = sold.payments.some((payment) => payment.method === "cash");
	const { due, rounding } = isCash ? cashDue(returned.total) : { due: returned.total, rounding: 0 };
	const payments: Payment[] = [{ method: isCash ? "cash" : "pin", amount: due }];
	return {
		id: uuidv7(),
		at: timestamp(),
		...till,
		refundOf: sold.id,
		lines: [returned],
		payments,
		rounding,
		total: returned.total,
	};
}

type Paid = Pick<Sale, "payments" | "rounding">;

const payByPin = (total: number): Paid => ({ payments: [{ method: "pin", amount: total }], rounding: 0 });

function payCash(total: number, random: Random): Paid {
	const { due, rounding } = cashDue(total);
	const note = random.pick(NOTES);
	const tendered = Math.ceil(due / note) * note;
	return { payments: [{ method: "cash", amount: due, tendered, change: tendered - due }], rounding };
}

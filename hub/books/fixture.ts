import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CashMovement, cashMovement } from "@kassahub/contracts/cash-movement.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import { type Product, productExample } from "@kassahub/contracts/product.ts";
import { type Sale, sale } from "@kassahub/contracts/sale.ts";
import { type StockMovement, stockMovement } from "@kassahub/contracts/stock-movement.ts";
import { uuidv7 } from "uuidv7";
import { outcomeId } from "../journal/outcome-id.ts";
import type { Submission } from "./submission.ts";

/** What the tests of the books sell. */
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

export const saleFrom = (register: string, changes: Partial<Sale> = {}): Sale => ({
	...sale.example,
	id: uuidv7(),
	register,
	...changes,
});

export const submitSale = (event: Sale): Submission => ({
	kind: "sale",
	source: `register:${event.register}`,
	register: event.register,
	topic: `kassahub/registers/${event.register}/sales`,
	payload: encode(event),
});

export const submitCash = (changes: Partial<CashMovement>): Submission => ({
	kind: "cash",
	source: "register:kassa-1",
	register: "kassa-1",
	topic: "kassahub/registers/kassa-1/cash",
	payload: encode({ ...cashMovement.example, id: uuidv7(), ...changes }),
});

export const submitStock = (changes: Partial<StockMovement>): Submission => ({
	kind: "stock",
	source: "sensor:shelf-1",
	register: null,
	topic: "kassahub/stock/movements",
	payload: encode({ ...stockMovement.example, id: uuidv7(), ...changes }),
});

export const submitProduct = (changes: Partial<Product> = {}): Submission => ({
	kind: "product",
	source: "technician:console",
	register: null,
	topic: "PUT /api/v1/catalogue/products",
	payload: encode({ ...productExample, ...changes }),
});

export const submitPayment = (request: PaymentRequest): Submission => ({
	kind: "payment",
	source: `register:${request.register}`,
	register: request.register,
	topic: `kassahub/registers/${request.register}/payments`,
	payload: encode(request),
});

/** Approved to the last cent by its terminal, unless it is said otherwise. */
export const outcomeOf = (request: PaymentRequest, changes: Partial<PaymentOutcome> = {}): PaymentOutcome => ({
	id: outcomeId(request.id, 1),
	payment: request.id,
	register: request.register,
	terminal: request.terminal,
	at: request.at,
	type: request.type === "cancel" || request.type === "settle" ? "pay" : request.type,
	status: "approved",
	amount: "amount" in request ? request.amount : 0,
	by: "terminal",
	...changes,
});

export const submitOutcome = (outcome: PaymentOutcome): Submission => ({
	kind: "outcome",
	source: "hub",
	register: null,
	topic: "outcome",
	payload: encode(outcome),
});

/** A folder of a test's own, gone with it. */
export function temporaryDir(): { path: string } & Disposable {
	const path = mkdtempSync(join(tmpdir(), "kassahub-books-"));
	return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

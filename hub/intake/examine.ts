import { AuditEntry } from "@kassahub/contracts/audit.ts";
import { CashMovement } from "@kassahub/contracts/cash-movement.ts";
import type { EntryKind } from "@kassahub/contracts/journal-entry.ts";
import { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import { Product } from "@kassahub/contracts/product.ts";
import type { Reason } from "@kassahub/contracts/reason.ts";
import { Sale } from "@kassahub/contracts/sale.ts";
import { arithmeticFaults } from "@kassahub/contracts/sale-arithmetic.ts";
import { StockMovement } from "@kassahub/contracts/stock-movement.ts";
import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { CanonicalText } from "./canonical-text.ts";
import { CODED_FIELDS, cardNumberField, maskBytes, maskFields } from "./card-fields.ts";
import { isRealTime } from "./dates.ts";
import { REASONS_MAX, reasonFor, schemaReasons } from "./reasons.ts";

/**
 * A message on its way into the books, and who sent it. `register` is the sender's own name where it is one; `topic` is
 * where it was published, and absent where a technician repaired it.
 */
export type Message = { kind: EntryKind; register: string | null; topic?: string; payload: Uint8Array };

export type Event = Sale | CashMovement | StockMovement | Product | PaymentRequest | PaymentOutcome | AuditEntry;

export type Examined =
	| { isFit: true; event: Event; text: string }
	/** `kept` is the message as quarantine may keep it: without card numbers. */
	| { isFit: false; id: string | null; reasons: Reason[]; kept: Uint8Array };

const validators = {
	sale: Compile(Sale),
	cash: Compile(CashMovement),
	stock: Compile(StockMovement),
	product: Compile(Product),
	payment: Compile(PaymentRequest),
	outcome: Compile(PaymentOutcome),
	audit: Compile(AuditEntry),
};
/** What is wrong with a payment is said by the contract of its own type, not by that of every other. */
const paymentShapes = new Map<unknown, Validator>(
	PaymentRequest.anyOf.map((shape) => [shape.properties.type.const, Compile(shape as TSchema)]),
);

const texts = {
	sale: new CanonicalText(Sale, CODED_FIELDS),
	cash: new CanonicalText(CashMovement, CODED_FIELDS),
	stock: new CanonicalText(StockMovement, CODED_FIELDS),
	product: new CanonicalText(Product, CODED_FIELDS),
	payment: new CanonicalText(PaymentRequest, CODED_FIELDS),
	outcome: new CanonicalText(PaymentOutcome, CODED_FIELDS),
	audit: new CanonicalText(AuditEntry, CODED_FIELDS),
};

const utf8 = new TextDecoder("utf-8", { fatal: true });
const ID_FORM = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Everything that is checked before a message is booked: UTF-8, JSON, schema, time, sender, sums, card numbers.
 * Never throws; a message that is fit comes back with its canonical text, any other with every reason against it.
 */
export function examine(message: Message): Examined {
	let value: unknown;
	try {
		value = JSON.parse(utf8.decode(message.payload));
	} catch (error) {
		return refuse(message, null, [reasonFor("JSON_INVALID", "", jsonFault(error))]);
	}
	const validator = validators[message.kind];
	if (!validator.Check(value)) {
		const shape =
			(message.kind === "payment" && paymentShapes.get((value as { type?: unknown } | null)?.type)) || validator;
		return refuse(message, idOf(value), schemaReasons(shape.Errors(value)));
	}
	const event = value as Event;
	const reasons = factReasons(message, event);
	if (reasons.length > 0) return refuse(message, idOf(value), reasons.slice(0, REASONS_MAX));
	const writer = texts[message.kind];
	const text = writer.write(event);
	const cardField = writer.mayHoldCardNumber ? cardNumberField(event) : undefined;
	if (cardField !== undefined) {
		const kept = Buffer.from(JSON.stringify(maskFields(event)));
		return { isFit: false, id: idOf(value), reasons: [reasonFor("CARD_NUMBER_FOUND", cardField)], kept };
	}
	return { isFit: true, event, text };
}

/** What a schema cannot say. */
function factReasons(message: Message, event: Event): Reason[] {
	const reasons: Reason[] = [];
	if ("at" in event && !isRealTime(event.at)) reasons.push(reasonFor("TIME_INVALID", "/at"));
	const stranger = "register" in event ? strangerTo(message, event.register) : undefined;
	if (stranger !== undefined) reasons.push(reasonFor("SENDER_WRONG", "/register", stranger));
	if (message.kind === "sale") reasons.push(...arithmeticFaults(event as Sale));
	return reasons;
}

/** Why a message in the name of `register` does not come from it, or undefined where it does. */
function strangerTo(message: Message, register: string): string | undefined {
	if (message.register !== null && register !== message.register) {
		return `/register is ${register}, but ${message.register} sent this`;
	}
	const addressed = message.topic === undefined ? undefined : registerIn(message.topic);
	if (addressed === undefined || register === addressed) return undefined;
	return `/register is ${register}, on the topic of ${addressed}`;
}

const REGISTER_TOPIC = /^kassahub\/registers\/([^/]+)\//;
const registerIn = (topic: string): string | undefined => REGISTER_TOPIC.exec(topic)?.[1];

// The engine's own message quotes the content, which may be anyone's data.
function jsonFault(error: unknown): string {
	if (!(error instanceof SyntaxError)) return "the message is not UTF-8";
	const position = /position (\d+)/.exec(error.message)?.[1];
	return position === undefined ? "the message is not JSON" : `the message is not JSON at character ${position}`;
}

function idOf(value: unknown): string | null {
	if (typeof value !== "object" || value === null) return null;
	const { id } = value as { id?: unknown };
	return typeof id === "string" && ID_FORM.test(id) ? id : null;
}

/** Refuses a message; what is kept of it holds no card number. */
const refuse = ({ payload }: Message, id: string | null, reasons: Reason[]): Examined => ({
	isFit: false,
	id,
	reasons,
	kept: maskBytes(payload),
});

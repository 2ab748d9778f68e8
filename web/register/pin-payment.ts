import type { BookedPayment } from "@kassahub/contracts/booked-payment.ts";
import type { Booking } from "@kassahub/contracts/booking.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { Reading } from "@kassahub/contracts/reading.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import { batch, computed, signal } from "@preact/signals";
import { type Rest, RestRefused } from "../kit/rest.ts";

type MoneyRequest = Extract<PaymentRequest, { type: "pay" | "refund" }>;
type SideRequest = Extract<PaymentRequest, { type: "cancel" | "settle" }>;
type Bare<R> = R extends PaymentRequest ? Omit<R, "id" | "register" | "at" | "terminal" | "payment"> : never;
type PaymentReading = Extract<Reading, { type: "payment" }>;

export type PinPayment = {
	request: MoneyRequest;
	/**
	 * sending: whether the hub has it is not known yet. at-terminal: it has. unknown: a person has to say what came of it.
	 * not-paid: certainly no money moved. never-sent: the hub never got it.
	 */
	phase: "sending" | "at-terminal" | "unknown" | "not-paid" | "never-sent";
	message?: PaymentReading["message"];
	mayCancel: boolean;
	/** Why it was not paid: a code of the error table. */
	fault?: string;
};

/** What a terminal really moved for the basket, in cents: negative where it went back to the customer. */
export type PaidByPin = { amount: number; paymentId: string };

type Parts = {
	rest: Pick<Rest, "get" | "post">;
	isLive: () => boolean;
	storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
	stamp: () => Pick<PaymentRequest, "id" | "register" | "at">;
	tell: (fault: "hubAway" | "notStored") => void;
	retryMs?: number;
};

const KEY = "kassahub.register.payment";
const FAULT_OF = {
	declined: "PAYMENT_DECLINED",
	cancelled: "PAYMENT_CANCELLED",
	failed: "PAYMENT_DECLINED",
} as const;

/**
 * The pin payment that is under way for this basket, and those that were approved for it. Both are kept on this device
 * until their sale is. A request goes by REST and not by MQTT, whose client would send it again, by itself, after the
 * connection was lost: the customer would be asked for a card when they are gone.
 */
export class PinPayments {
	readonly payment = signal<PinPayment | undefined>(undefined);
	readonly paid = signal<readonly PaidByPin[]>([]);
	readonly isUnderWay = computed(() => {
		const phase = this.payment.value?.phase;
		return phase === "sending" || phase === "at-terminal" || phase === "unknown";
	});
	/** The basket may not change: money moved, or may be moving, for what is in it. */
	readonly isLocked = computed(() => this.isUnderWay.value || this.paid.value.length > 0);
	readonly #parts: Parts;
	#sending: Promise<void> = Promise.resolve();
	#isFinding = false;

	constructor(parts: Parts) {
		this.#parts = parts;
		const text = parts.storage.getItem(KEY);
		if (text === null) return;
		const kept = JSON.parse(text) as { request?: MoneyRequest; paid: PaidByPin[] };
		this.paid.value = kept.paid;
		if (kept.request) this.payment.value = { request: kept.request, phase: "sending", mayCancel: true };
	}

	/** Asks the terminal to move `amount`: to the shop, or back to the customer where it is negative. */
	async start(terminal: string, amount: number): Promise<void> {
		if (this.isUnderWay.value || amount === 0) return;
		if (!this.#parts.isLive()) return this.#parts.tell("hubAway");
		const request: MoneyRequest = {
			...this.#parts.stamp(),
			terminal,
			type: amount < 0 ? "refund" : "pay",
			amount: Math.abs(amount),
		};
		if (!this.#keep({ request, phase: "sending", mayCancel: true })) return this.#parts.tell("notStored");
		this.#sending = this.#parts.rest.post<Booking>("/payments", request).then(
			(booking) => this.booked(booking),
			// Away, or refused: whether the hub has it is asked below.
			() => undefined,
		);
		await this.#sending;
		await this.#find();
	}

	/** The wire to the hub stands again. */
	connected(): Promise<void> {
		return this.#find();
	}

	booked({ id, outcome }: Pick<Booking, "id" | "outcome">): void {
		const now = this.payment.value;
		if (now?.request.id !== id) return;
		if (outcome) this.#take(now, outcome);
		else if (now.phase === "sending" || now.phase === "never-sent") this.#keep({ ...now, phase: "at-terminal" });
	}

	/** What the terminal shows meanwhile. */
	heard({ payment, message, mayCancel }: PaymentReading): void {
		const now = this.payment.value;
		if (now?.request.id !== payment || (now.phase !== "sending" && now.phase !== "at-terminal")) return;
		this.payment.value = { ...now, phase: "at-terminal", message, mayCancel };
	}

	/** Asks the terminal to stop; the outcome still says what came of the payment. */
	async cancel(): Promise<void> {
		const now = this.payment.value;
		if (now?.phase !== "at-terminal") return;
		this.payment.value = { ...now, mayCancel: false };
		if (await this.#ask(now, { type: "cancel" })) return;
		const later = this.payment.value;
		if (later?.request.id === now.request.id) this.payment.value = { ...later, mayCancel: true };
	}

	/** What the cashier saw of a payment that could not be found out. */
	async settle(outcome: "approved" | "declined", reason: string): Promise<void> {
		const now = this.payment.value;
		if (now?.phase === "unknown") await this.#ask(now, { type: "settle", outcome, reason });
	}

	/** Puts away one that came to nothing. */
	dismiss(): void {
		if (!this.isUnderWay.value) this.#keep(undefined);
	}

	/** The sale that names what was paid is stored. */
	sold(): void {
		this.#keep(undefined, []);
	}

	/** Whether one of these sales names what was paid: it was stored just before this page was killed. */
	isIn(sales: readonly Sale[]): boolean {
		const ids = new Set(this.paid.value.map(({ paymentId }) => paymentId));
		return sales.some(({ payments }) => payments.some(({ paymentId }) => paymentId && ids.has(paymentId)));
	}

	#take(now: PinPayment, outcome: PaymentOutcome): void {
		const { request } = now;
		if (outcome.status === "approved") {
			const amount = request.type === "refund" ? -outcome.amount : outcome.amount;
			const paid = [...this.paid.value, { amount, paymentId: request.id }];
			// All of a part was given back: nothing is paid.
			this.#keep(undefined, sumOf(paid) === 0 ? [] : paid);
		} else if (outcome.status !== "unknown") {
			const fault = outcome.fault?.code ?? FAULT_OF[outcome.status];
			this.#keep({ request, phase: "not-paid", mayCancel: false, fault });
		} else if (now.phase !== "not-paid") this.#keep({ request, phase: "unknown", mayCancel: false });
	}

	/** Finds out whether the hub has the payment under way, and what came of it. */
	async #find(): Promise<void> {
		if (this.#isFinding) return;
		this.#isFinding = true;
		try {
			await this.#sending;
			let missed = 0;
			while (this.isUnderWay.value && this.#parts.isLive()) {
				const answer = await this.#asked();
				if (answer === "there") return;
				// Asked twice: the request of a page that was closed meanwhile may just be on its way into the books.
				if (answer === "missing" && ++missed === 2) return this.#drop();
				await new Promise((resolve) => setTimeout(resolve, this.#parts.retryMs ?? 2000));
			}
		} finally {
			this.#isFinding = false;
		}
	}

	async #asked(): Promise<"there" | "missing" | "no-answer"> {
		const id = this.payment.value?.request.id ?? "";
		try {
			const { outcome } = await this.#parts.rest.get<BookedPayment>(`/payments/${id}`);
			this.booked({ id, ...(outcome ? { outcome } : {}) });
			return "there";
		} catch (error) {
			if (!(error instanceof RestRefused || error instanceof TypeError)) throw error;
			return error instanceof RestRefused && error.problem.status === 404 ? "missing" : "no-answer";
		}
	}

	#drop(): void {
		const now = this.payment.value;
		if (now?.phase === "sending") this.#keep({ ...now, phase: "never-sent" });
	}

	/** Whether the hub has booked it; where not, the cashier hears of it. */
	async #ask({ request }: PinPayment, order: Bare<SideRequest>): Promise<boolean> {
		const { terminal, id } = request;
		try {
			await this.#parts.rest.post("/payments", { ...this.#parts.stamp(), terminal, payment: id, ...order });
			return true;
		} catch (error) {
			if (!(error instanceof RestRefused || error instanceof TypeError)) throw error;
			this.#parts.tell("hubAway");
			return false;
		}
	}

	/** Stores first and shows then. Without room on this device nothing is shown, and what was stored stays. */
	#keep(payment: PinPayment | undefined, paid = this.paid.value): boolean {
		const isOver = payment?.phase === "not-paid" || payment?.phase === "never-sent";
		const kept = { ...(payment && !isOver ? { request: payment.request } : {}), paid };
		try {
			if (kept.request || paid.length > 0) this.#parts.storage.setItem(KEY, JSON.stringify(kept));
			else this.#parts.storage.removeItem(KEY);
		} catch (error) {
			if (!(error instanceof DOMException)) throw error;
			// What is stored names the payment already: after a reload it is asked for again.
			if (payment?.phase === "sending") return false;
		}
		batch(() => {
			this.payment.value = payment;
			this.paid.value = paid;
		});
		return true;
	}
}

export const sumOf = (paid: readonly PaidByPin[]): number => paid.reduce((sum, { amount }) => sum + amount, 0);

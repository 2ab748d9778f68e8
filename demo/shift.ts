import { cashMovement } from "@kassahub/contracts/cash-movement.ts";
import { type Sale, type SaleLine, sale as saleMessage } from "@kassahub/contracts/sale.ts";
import { uuidv7 } from "uuidv7";
import type { Wish } from "./basket.ts";
import type { Random } from "./random.ts";
import type { Register } from "./register.ts";
import { lineOf, refund, ringUp, timestamp } from "./till.ts";

const FLOAT_CENTS = 15_000;
/** One count in three is off by a little, as counts are. */
const MISCOUNT_SHARE = 1 / 3;
const MISCOUNTS_CENTS = [-100, -50, -20, -5, 5, 10];

type CashMove = { type: "float" | "pay-in" | "pay-out" | "count" | "day-close"; amount: number; reason?: string };

/** Puts a wish on the scale; gives it back with the weight that was read, in grams. */
export type Weigh = (wish: Wish) => Promise<Wish>;

/** One employee at one register for a day: customers are served one after the other. */
export class Shift {
	readonly register: Register;
	readonly #employee: string;
	readonly #random: Random;
	readonly #weigh: Weigh;
	readonly #booked: (sale: Sale) => void;
	readonly #sold: Sale[] = [];
	#queue: Promise<unknown> = Promise.resolve();
	#receipts = 0;
	#waiting = 0;

	constructor(options: {
		register: Register;
		employee: string;
		random: Random;
		weigh: Weigh;
		booked: (sale: Sale) => void;
	}) {
		this.register = options.register;
		this.#employee = options.employee;
		this.#random = options.random;
		this.#weigh = options.weigh;
		this.#booked = options.booked;
	}

	/** Customers that stand in line here. */
	get waiting(): number {
		return this.#waiting;
	}

	/** Receipts rung up here so far. */
	get served(): number {
		return this.#receipts;
	}

	open(): Promise<void> {
		return this.#takeTurn(() => this.#moveCash({ type: "float", amount: FLOAT_CENTS }));
	}

	/** Serves a customer when it is their turn; resolves when the sale is in the books. */
	serve(wishes: Wish[]): Promise<void> {
		return this.#takeTurn(async () => {
			const lines: SaleLine[] = [];
			for (const wish of wishes) lines.push(lineOf(wish.product.unit === "kg" ? await this.#weigh(wish) : wish));
			const sale = ringUp(this.#till(), lines, this.#random);
			await this.#book(sale);
			this.#sold.push(sale);
		});
	}

	/** Someone brings back one line of the last sale rung up here; weighed goods and deposits are not taken back. */
	takeBack(): Promise<void> {
		return this.#takeTurn(async () => {
			const sold = this.#sold.pop();
			const line = sold?.lines.find(({ unit, total }) => unit === "pcs" && total > 100);
			if (sold && line) await this.#book(refund(this.#till(), sold, line));
		});
	}

	payOut(amount: number, reason: string): Promise<void> {
		return this.#takeTurn(() => this.#moveCash({ type: "pay-out", amount, reason }));
	}

	/** Counts the drawer and closes the day; the float stays in. `expected` is what the hub says should be there. */
	close(expected: number): Promise<void> {
		return this.#takeTurn(async () => {
			const miscount = this.#random.chance(MISCOUNT_SHARE) ? this.#random.pick(MISCOUNTS_CENTS) : 0;
			await this.#moveCash({ type: "count", amount: Math.max(0, expected + miscount) });
			await this.#moveCash({ type: "day-close", amount: FLOAT_CENTS });
		});
	}

	#till() {
		this.#receipts++;
		const receiptNumber = `${this.register.name}-${String(this.#receipts).padStart(4, "0")}`;
		return { register: this.register.name, employee: this.#employee, receiptNumber };
	}

	async #book(sale: Sale): Promise<void> {
		await this.register.book(saleMessage, sale);
		this.#booked(sale);
	}

	async #moveCash(move: CashMove): Promise<void> {
		const event = { id: uuidv7(), register: this.register.name, at: timestamp(), employee: this.#employee, ...move };
		await this.register.book(cashMovement, event);
	}

	#takeTurn(act: () => Promise<void>): Promise<void> {
		this.#waiting++;
		const turn = this.#queue.then(act).finally(() => this.#waiting--);
		this.#queue = turn.catch(() => undefined);
		return turn;
	}
}

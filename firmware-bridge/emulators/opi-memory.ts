import { Acquirer } from "./acquirer.ts";
import type { OpiTransaction } from "./opi-messages.ts";
import type { Charge } from "./terminal-on-bench.ts";

type Stored = OpiTransaction & { charge: Charge | undefined };

/** What an OPI terminal still knows after a power cut, and what its acquirer took. */
export class OpiMemory {
	readonly acquirer = new Acquirer();
	#stan = 41;
	#day: Stored[] = [];
	/** Yesterday's, of which the acquirer has been told. */
	#last: Stored | undefined = {
		requestId: "31415926",
		type: "CardPayment",
		result: "Success",
		stan: this.#stan,
		amount: 1250,
		at: new Date(Date.now() - 86_400_000).toISOString(),
		charge: undefined,
	};

	get last(): OpiTransaction | undefined {
		return this.#last;
	}

	/** As it leaves the factory. */
	forgetYesterday(): void {
		this.#last = undefined;
	}

	/** Stores a transaction under the next STAN; an approved one is the acquirer's from the same moment. */
	store(transaction: Omit<OpiTransaction, "stan">): OpiTransaction {
		const kind = { CardPayment: "payment", PaymentRefund: "refund" } as const;
		const charged = transaction.result === "Success" ? kind[transaction.type as keyof typeof kind] : undefined;
		const charge = charged && this.acquirer.take(charged, transaction.amount);
		const stored = { ...transaction, stan: ++this.#stan, charge };
		this.#day.push(stored);
		this.#last = stored;
		return stored;
	}

	/** Takes back a payment that could not be brought to an end. */
	takeBack(transaction: OpiTransaction): OpiTransaction {
		const stored = transaction as Stored;
		if (stored.charge) stored.charge.isReversed = true;
		stored.result = "Failure";
		stored.errorCode = "87";
		return stored;
	}

	/** Undoes the payment of that STAN, once. */
	reverse(stan: number): number | undefined {
		const charge = this.#day.find((stored) => stored.stan === stan)?.charge;
		if (!charge || charge.isReversed) return undefined;
		charge.isReversed = true;
		return charge.amount;
	}

	/** The day's payments and refunds, which are then forgotten. */
	closeDay(): { payments: Charge[]; refunds: Charge[] } {
		const charges = this.#day.flatMap(({ charge }) => (charge && !charge.isReversed ? [charge] : []));
		this.#day = [];
		return {
			payments: charges.filter(({ kind }) => kind === "payment"),
			refunds: charges.filter(({ kind }) => kind === "refund"),
		};
	}
}

import type { Charge, NextPayment } from "./terminal-on-bench.ts";

/** The card, the customer and the bank behind an emulated terminal. What they took outlives the terminal's power. */
export class Acquirer {
	readonly charges: Charge[] = [];
	#next: NextPayment | undefined;

	/** What happens at the next payment or refund only. */
	plan(next: NextPayment): void {
		this.#next = next;
	}

	/** What happens now. */
	meet(): NextPayment {
		const next = this.#next ?? { does: "approve" };
		this.#next = undefined;
		return next;
	}

	take(kind: Charge["kind"], amount: number): Charge {
		const charge = { kind, amount, isReversed: false };
		this.charges.push(charge);
		return charge;
	}
}

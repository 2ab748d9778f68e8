import { euro } from "../kit/figures.ts";
import { dueFor, type Tender } from "./checkout.ts";
import { sumOf } from "./pin-payment.ts";
import type { Till } from "./till.ts";
import { words } from "./words.ts";

/** What the basket costs, what of it was paid by pin already, and what is left to pay with a method. */
export function DueList({ till, method }: { till: Till; method: Tender["method"] }) {
	const text = words.value;
	const paid = till.pin.paid.value;
	const { total, due, rounding } = dueFor(till.basket.value, method, paid);
	return (
		<dl class="due">
			<div>
				<dt>{text.total}</dt>
				<dd>{euro(total)}</dd>
			</div>
			{paid.length === 0 ? null : (
				<div>
					<dt>{text.pinnedAlready}</dt>
					<dd>{euro(sumOf(paid))}</dd>
				</div>
			)}
			<div>
				<dt>{method === "cash" ? text.rounding : ""}</dt>
				<dd>{method === "cash" ? euro(rounding) : ""}</dd>
			</div>
			<div class="sum">
				<dt>{due < 0 ? text.toPayOut : text.toPay}</dt>
				<dd>{euro(Math.abs(due))}</dd>
			</div>
		</dl>
	);
}

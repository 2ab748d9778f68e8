import type { Sale } from "@kassahub/contracts/sale.ts";
import { useSignal } from "@preact/signals";
import { euro } from "../kit/figures.ts";
import { Icon } from "../kit/icon.tsx";
import { Pill } from "../kit/notice.tsx";
import { givenBack } from "./checkout.ts";
import type { Till } from "./till.ts";
import { TillDialog } from "./till-dialog.tsx";
import { words } from "./words.ts";

/** After the sale: what goes back to the customer, large enough to read across a counter. */
export function DoneDialog({ till, sale }: { till: Till; sale: Sale }) {
	const text = words.value;
	const hasPrinted = useSignal(false);
	const cash = sale.payments.find(({ method }) => method === "cash");
	const back = givenBack(sale);
	const isRefund = sale.total < 0;
	const isPin = !cash && sale.payments.length > 0;
	const title = isRefund ? text.refunded : isPin ? text.paidByPin : text.changeBack;
	const figure = isPin || isRefund ? Math.abs(sale.payments.reduce((sum, { amount }) => sum + amount, 0)) : back;
	const kept = till.sales.value.find(({ id }) => id === sale.id);
	const printer = till.printer();
	const printsByItself = printer?.receipts === "always";
	return (
		<TillDialog till={till} title={title}>
			<output class="change-figure">{euro(figure)}</output>
			<dl class="due">
				<div>
					<dt>{text.total}</dt>
					<dd>{euro(sale.total)}</dd>
				</div>
				{cash?.tendered === undefined ? null : (
					<div>
						<dt>{text.received}</dt>
						<dd>{euro(cash.tendered)}</dd>
					</div>
				)}
			</dl>
			<p class="booked" role="status">
				{kept?.number ? (
					<Pill tone="good">{text.booked(kept.number)}</Pill>
				) : till.live.status.value === "live" ? (
					<Pill tone="plain">{text.bookedSoon}</Pill>
				) : (
					<Pill tone="warn">{text.bookedLater}</Pill>
				)}
			</p>
			<div class="done-actions">
				<button
					type="button"
					class="button large"
					disabled={!printer || !till.shop.value}
					onClick={() => {
						const shop = till.shop.value;
						if (!printer || !shop) return;
						till.commands.print(printer.device, shop, kept ?? { sale }, printsByItself || hasPrinted.value);
						hasPrinted.value = true;
					}}
				>
					<Icon name="printer" />
					{printer ? (printsByItself || hasPrinted.value ? text.printCopy : text.printReceipt) : text.noPrinter}
				</button>
				<button
					type="button"
					data-first
					class="button primary large"
					onClick={() => {
						till.screen.value = undefined;
					}}
				>
					{text.next}
				</button>
			</div>
		</TillDialog>
	);
}

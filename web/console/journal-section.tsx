import type { AuditEntry } from "@kassahub/contracts/audit.ts";
import type { CashMovement } from "@kassahub/contracts/cash-movement.ts";
import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import type { StockMovement } from "@kassahub/contracts/stock-movement.ts";
import { amountOf, clockSeconds, euro, perUnit, wholeNumber } from "../kit/figures.ts";
import { Empty, Loading } from "../kit/notice.tsx";
import type { HubWatch } from "./hub-watch.ts";
import { words } from "./words.ts";

type Summary = { kind: string; what: string; amount: string };

/** An entry in a few words. The payload is what its kind says: intake checked it before it was booked. */
function summarise({ kind, payload }: JournalEntry): Summary {
	const text = words.value;
	switch (kind) {
		case "sale": {
			const sale = payload as Sale;
			const kindName = sale.total < 0 || sale.refundOf ? text.refund : text.kind.sale;
			return { kind: kindName, what: text.lines(sale.lines.length), amount: euro(sale.total) };
		}
		case "cash": {
			const cash = payload as CashMovement;
			return { kind: text.kind.cash, what: text.cashType[cash.type], amount: euro(cash.amount) };
		}
		case "stock": {
			const stock = payload as StockMovement;
			return {
				kind: text.kind.stock,
				what: `${stock.sku} ${text.stockType[stock.type]}`,
				amount: amountOf(stock.quantity, "pcs"),
			};
		}
		case "product": {
			const product = payload as Product;
			return {
				kind: text.kind.product,
				what: product.name,
				amount: `${euro(product.unitPrice)}${perUnit(product.unit)}`,
			};
		}
		case "payment": {
			const request = payload as PaymentRequest;
			return {
				kind: text.kind.payment,
				what: `${request.terminal} ${text.paymentType[request.type]}`,
				amount: "amount" in request ? euro(request.amount) : "",
			};
		}
		case "outcome": {
			const outcome = payload as PaymentOutcome;
			const byPerson = outcome.by === "person" ? ` ${text.byPerson}` : "";
			return {
				kind: text.kind.outcome,
				what: `${outcome.terminal} ${text.paymentType[outcome.type]}: ${text.paymentStatus[outcome.status]}${byPerson}`,
				amount: outcome.status === "approved" && outcome.type !== "end-of-day" ? euro(outcome.amount) : "",
			};
		}
		case "audit": {
			const { who, action, about } = payload as AuditEntry;
			const name = who.slice(who.indexOf(":") + 1);
			return {
				kind: text.kind.audit,
				what: `${name} ${text.auditAction[action]}${about ? ` ${about}` : ""}`,
				amount: "",
			};
		}
	}
}

export function JournalSection({ watch }: { watch: HubWatch }) {
	const text = words.value;
	const entries = watch.entries.value;
	return (
		<section class="card">
			<h2>{text.feed}</h2>
			{entries === undefined ? <Loading /> : null}
			{entries?.length === 0 ? <Empty icon="list" title={text.noEntries} text={text.noEntriesText} /> : null}
			<ol class="feed">
				{entries?.map((entry) => {
					const { kind, what, amount } = summarise(entry);
					return (
						<li key={entry.number}>
							<span class="feed-number soft">{wholeNumber(entry.number)}</span>
							<time class="soft" dateTime={entry.at}>
								{clockSeconds(entry.at)}
							</time>
							<span class="feed-what">
								<strong>{kind}</strong> {what}
								<small class="soft"> {entry.source}</small>
							</span>
							<span class="feed-amount">{amount}</span>
						</li>
					);
				})}
			</ol>
		</section>
	);
}

import { formatAmount } from "@kassahub/contracts/money.ts";
import type { RelayState } from "@kassahub/contracts/relay-state.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import { timeOf } from "./shop-day.ts";

const DRAW_EVERY_MS = 250;
/** Where stderr is no terminal, a line now and then does. */
const PRINT_EVERY_MS = 5000;

/** What happened so far, as one line on stderr that keeps changing. */
export class LiveLine {
	relay: RelayState | undefined;
	readonly #minute: () => number;
	#timer: NodeJS.Timeout | undefined;
	#sales = 0;
	#refunds = 0;
	#cents = 0;
	#printed = 0;
	#last = "";

	constructor(minute: () => number) {
		this.#minute = minute;
	}

	start(): void {
		this.#timer = setInterval(() => this.#draw(), process.stderr.isTTY ? DRAW_EVERY_MS : PRINT_EVERY_MS);
	}

	get sales(): number {
		return this.#sales;
	}

	get refunds(): number {
		return this.#refunds;
	}

	get cents(): number {
		return this.#cents;
	}

	get printed(): number {
		return this.#printed;
	}

	count(sale: Sale): void {
		if (sale.refundOf) this.#refunds++;
		else this.#sales++;
		this.#cents += sale.total;
		const how = sale.refundOf ? "refund" : (sale.payments[0]?.method ?? "free");
		this.#last = `${sale.register} ${how} € ${formatAmount(sale.total, "en")}, ${sale.lines[0]?.name}`;
		if (sale.lines.length > 1) this.#last += ` and ${sale.lines.length - 1} more`;
	}

	countReceipt(): void {
		this.#printed++;
	}

	stop(): void {
		if (!this.#timer) return;
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#draw();
		if (process.stderr.isTTY) process.stderr.write("\n");
	}

	#draw(): void {
		const backlog = this.relay ? `${this.relay.backlog} rows (${this.relay.state})` : "unknown";
		const line =
			`${timeOf(this.#minute()).padStart(5)}  ${this.#sales} sales, ${this.#refunds} refunds  ` +
			`€ ${formatAmount(this.#cents, "en")}  ${this.#printed} receipts  to the cloud: ${backlog}  |  ${this.#last}`;
		if (!process.stderr.isTTY) process.stderr.write(`${line}\n`);
		else process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns || 120) - 1)}`);
	}
}

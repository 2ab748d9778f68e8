import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import type { BookedRequest } from "../books/books.ts";
import { Outcomes } from "./outcomes.ts";
import type { Ports } from "./ports.ts";
import { Terminal } from "./terminal.ts";

/** The actions whose result says whether money moved. */
const paymentActions: ReadonlySet<string> = new Set(["pay", "refund", "reverse", "end-of-day"]);

/**
 * Every payment of the shop on its way from the request to its outcome, both in the journal (invariant 6). What happens
 * is decided a terminal at a time; docs/decisions/0006-payments.md says why it is safe whoever of them is killed when.
 */
export class Payments {
	readonly #ports: Ports;
	readonly #outcomes: Outcomes;
	readonly #terminals = new Map<string, Terminal>();

	constructor(ports: Ports) {
		this.#ports = ports;
		this.#outcomes = new Outcomes(ports);
	}

	/**
	 * Takes up what the books have open, of before a restart or of a moment when they could not answer. Resolves when
	 * every terminal has been asked, so that nothing else reaches it before.
	 */
	async recall(): Promise<void> {
		const terminals = await this.#outcomes.terminals();
		const inDoubt = [...terminals].filter(([, { open, unknown }]) => open.size + unknown.size > 0);
		await Promise.all(inDoubt.map(([name]) => this.#terminal(name).recall()));
	}

	/** A request is in the books, for the first time or once more. */
	async booked({ booking, request }: BookedRequest): Promise<void> {
		if (request !== undefined) return this.#terminal(request.terminal).ask(request, booking.number);
		const known = await this.#outcomes.payment(booking.id);
		if (known) await this.#terminal(known.request.terminal).askAgain(known.request, known.number);
	}

	/** A result of the bridge; resolves once what it says of a payment is in the books. */
	async heard(result: Result): Promise<void> {
		const terminal = this.#terminals.get(result.device);
		if (terminal?.isKnown(result.id) || paymentActions.has(result.action)) {
			await this.#terminal(result.device).heard(result);
		}
	}

	heardState(state: DeviceState): void {
		this.#terminals.get(state.device)?.heardState(state);
	}

	/** To be called every second or so: what was lost on its way is asked again, and in the end taken for unknown. */
	tick(): void {
		for (const [name, terminal] of this.#terminals) {
			terminal.tick();
			// Of an idle one the books know everything; a register may have named any number that do not exist.
			if (terminal.isIdle) this.#terminals.delete(name);
		}
	}

	/** Begins nothing more, and waits no longer for a journal that can't be written. */
	close(): void {
		this.#outcomes.close();
	}

	#terminal(name: string): Terminal {
		let terminal = this.#terminals.get(name);
		if (terminal === undefined) {
			terminal = new Terminal(name, this.#ports, this.#outcomes);
			this.#terminals.set(name, terminal);
		}
		return terminal;
	}
}

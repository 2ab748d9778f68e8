import type { TerminalTotals } from "@kassahub/contracts/terminal-answer.ts";
import { DeviceError, fault, faultOf } from "../../fault.ts";
import type { Job, Outcome } from "../driver.ts";
import { WireError } from "../wire.ts";
import { answerOf, receiptOf } from "./answer.ts";
import type { Apdu } from "./zvt-apdu.ts";
import { command, encodeEndOfDay, encodeTurnoverTotals, POSITIVE } from "./zvt-commands.ts";
import { takeStray } from "./zvt-conversation.ts";
import { keptDayOf } from "./zvt-kept.ts";
import { refused } from "./zvt-outcomes.ts";
import { ReceiptRoll, takePrinting } from "./zvt-printing.ts";
import { reasonOf } from "./zvt-results.ts";
import { decodeStatusInformation, type StatusInformation } from "./zvt-status-information.ts";
import { READY, type ZvtTerminal } from "./zvt-terminal.ts";

/** An end of day: the terminal's totals, and a new batch. */
export class ZvtDay {
	readonly #terminal: ZvtTerminal;
	readonly #job: Job;
	readonly #roll: ReceiptRoll;
	#totals: TerminalTotals | undefined;
	#result: number | undefined;

	constructor(terminal: ZvtTerminal, job: Job) {
		this.#terminal = terminal;
		this.#job = job;
		this.#roll = new ReceiptRoll(terminal.settings.columns);
	}

	/** Throws DeviceError where it is in doubt whether the batch was closed. */
	async close(): Promise<Outcome> {
		try {
			await this.#job.keep({});
		} catch (error) {
			if (!(error instanceof DeviceError)) throw error;
			return { status: "failed", fault: faultOf(error) };
		}
		const { conversation, settings } = this.#terminal;
		const ending = await conversation.run(encodeEndOfDay(settings.password), (message) => this.#take(message, true));
		if (ending.kind === "refused") return refused(ending.code);
		// The batch is another now, and its numbers may begin anew: the last transaction is asked for again.
		this.#terminal.forget();
		await this.#terminal.prepare();
		if (ending.kind === "aborted" || this.#result) {
			const code = ending.kind === "aborted" ? ending.code : (this.#result ?? READY);
			return { status: "failed", fault: fault("PAYMENT_FAILED", reasonOf(code)) };
		}
		return this.#done();
	}

	/** By the turnover of the batch that is open now (06 10): an empty one has been begun. */
	async findOut(): Promise<Outcome> {
		const kept = keptDayOf(this.#job.evidence)?.totals;
		const { conversation, settings } = this.#terminal;
		const request = encodeTurnoverTotals(settings.password);
		const ending = await conversation.run(request, (message) => this.#take(message, false));
		const open = ending.kind === "completed" ? this.#totals : undefined;
		this.#totals = kept;
		if (open?.count === 0) return this.#done();
		if (!open) return { status: "unknown", fault: fault("PAYMENT_UNKNOWN", "the terminal does not say what is open") };
		return { status: "failed", fault: fault("TERMINAL_END_OF_DAY_DUE", `${open.count} transactions are still open`) };
	}

	async #take(message: Apdu, keeps: boolean): Promise<Uint8Array> {
		if (message.command !== command.statusInformation) {
			return (keeps && takePrinting(this.#roll, message)) || takeStray(message);
		}
		const information = read(message.data);
		this.#result = information?.result;
		this.#totals = information?.totals ?? this.#totals;
		// Without its totals the day is closed all the same: where they can't be kept, they are only not remembered.
		if (keeps && this.#totals) await this.#job.keep({ totals: this.#totals }).catch(onlyDeviceErrors);
		return POSITIVE;
	}

	#done(): Outcome {
		const receipts = this.#roll.receipts().map(({ lines }) => receiptOf("administration", lines));
		return {
			status: "done",
			...(this.#totals ? { totals: this.#totals } : {}),
			...(receipts.length > 0 ? { payment: answerOf("approved", 0, { receipts }) } : {}),
		};
	}
}

function onlyDeviceErrors(error: unknown): void {
	if (!(error instanceof DeviceError)) throw error;
}

function read(data: Uint8Array): StatusInformation | undefined {
	try {
		return decodeStatusInformation(data);
	} catch (error) {
		if (!(error instanceof WireError)) throw error;
		return undefined;
	}
}

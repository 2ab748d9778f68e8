import type { Command } from "@kassahub/contracts/command.ts";
import type { Fault } from "@kassahub/contracts/device-state.ts";
import { DeviceError, fault, faultOf } from "../../fault.ts";
import type { BareReading, Job, Outcome } from "../driver.ts";
import { WireError } from "../wire.ts";
import type { Apdu } from "./zvt-apdu.ts";
import {
	command as code,
	encodeAuthorisation,
	encodeRefund,
	encodeRefusal,
	encodeReversal,
	POSITIVE,
} from "./zvt-commands.ts";
import { type Ending, takeStray } from "./zvt-conversation.ts";
import type { Kept } from "./zvt-kept.ts";
import { approved, notDone, notReady, refused } from "./zvt-outcomes.ts";
import { ReceiptRoll, takePrinting } from "./zvt-printing.ts";
import { decodeProgress, progressOf } from "./zvt-progress.ts";
import { ABORTED, NOT_REGISTERED, PARSE_ERROR, PROCESSING_ERROR, reasonOf, resultOf } from "./zvt-results.ts";
import { decodeStatusInformation, type StatusInformation } from "./zvt-status-information.ts";
import type { ZvtTerminal } from "./zvt-terminal.ts";
import { isOfTheTerminal } from "./zvt-terminal-status.ts";

export type MoneyCommand = Extract<Command, { action: "pay" | "refund" | "reverse" }>;

const EURO = "0978";
/** Already reversed, and reversal not possible. */
const IMPOSSIBLE = new Set([0xb4, 0xb5]);

export const centsOf = (command: MoneyCommand): number =>
	command.action === "reverse" ? command.original.amount : command.amount;

/** One payment, refund or reversal on a terminal, from the moment it is asked until it is known what came of it. */
export class ZvtTransaction {
	readonly #terminal: ZvtTerminal;
	readonly #command: MoneyCommand;
	readonly #job: Job;
	readonly #tell: (reading: BareReading) => void;
	readonly #roll: ReceiptRoll;
	#kept: Kept;
	#approval: StatusInformation | undefined;
	#refusal: StatusInformation | undefined;
	/** Why an approval was not accepted here. */
	#fault: Fault | undefined;

	constructor(terminal: ZvtTerminal, command: MoneyCommand, job: Job, tell: (reading: BareReading) => void) {
		this.#terminal = terminal;
		this.#command = command;
		this.#job = job;
		this.#tell = tell;
		this.#roll = new ReceiptRoll(terminal.settings.columns);
		this.#kept = this.#before();
	}

	/**
	 * What came of it; undefined where the terminal ended it without saying. Throws DeviceError where it is in doubt, except
	 * for what happens before the terminal is asked: that is a failure.
	 */
	async run(): Promise<Outcome | undefined> {
		const hindrance = await this.#keepBefore();
		if (hindrance) return hindrance;
		let ending = await this.#ask();
		if (ending.kind === "refused" && ending.code === NOT_REGISTERED) {
			// Refused at once, so nothing was begun: it may be asked again when it knows this register.
			this.#terminal.forget();
			const status = await this.#terminal.prepare();
			if (!this.#terminal.isPrepared) return notReady(status);
			const another = await this.#keepBefore();
			if (another) return another;
			ending = await this.#ask();
		}
		return this.#judge(ending);
	}

	/** What was learned of it, to find out the rest by. */
	get kept(): Kept {
		return this.#kept;
	}

	/** What must be known after a kill, from before the terminal is asked. */
	#before(): Kept {
		const { terminalId, last, seen } = this.#terminal;
		return {
			cents: centsOf(this.#command),
			startedAt: new Date().toISOString(),
			...(terminalId ? { terminalId } : {}),
			...(last ? { last } : {}),
			...(seen ? { seen } : {}),
		};
	}

	async #keepBefore(): Promise<Outcome | undefined> {
		this.#kept = this.#before();
		try {
			await this.#job.keep(this.#kept);
			return undefined;
		} catch (error) {
			if (!(error instanceof DeviceError)) throw error;
			return { status: "failed", fault: faultOf(error) };
		}
	}

	#ask(): Promise<Ending> {
		return this.#terminal.conversation.run(this.#encode(), (message) => this.#take(message));
	}

	#encode(): Uint8Array {
		const { settings, last } = this.#terminal;
		// Sheet 7.5: mirrored as it came; empty where none is known.
		const id = last?.transactionId ?? (settings.offersTransactionIds ? "" : undefined);
		if (this.#command.action === "pay") return encodeAuthorisation(this.#command.amount, id);
		if (this.#command.action === "refund") return encodeRefund(settings.password, this.#command.amount, id);
		return encodeReversal(settings.password, this.#command.original.reference.receiptNumber ?? "", id);
	}

	async #take(message: Apdu): Promise<Uint8Array> {
		if (message.command === code.statusInformation) return this.#takeStatus(message.data);
		if (message.command === code.progress) return this.#takeProgress(message.data);
		return takePrinting(this.#roll, message) ?? takeStray(message);
	}

	#takeProgress(data: Uint8Array): Uint8Array {
		const { status, words } = decodeProgress(data);
		const progress = progressOf(status);
		// A status the sheet does not know is told in the terminal's own words, in whatever language it has them.
		if (progress) this.#tellProgress(progress.nl, progress.en, progress.mayCancel);
		else if (words) this.#tellProgress(words, words, false);
		return POSITIVE;
	}

	/** Sheet 4.2: what is answered here decides whether the terminal keeps the money. */
	async #takeStatus(data: Uint8Array): Promise<Uint8Array> {
		this.#approval = undefined;
		this.#refusal = undefined;
		let information: StatusInformation;
		try {
			information = decodeStatusInformation(data);
			mustBeBookable(information, this.#command.action);
		} catch (error) {
			if (!(error instanceof WireError)) throw error;
			this.#fault = fault("DEVICE_GARBLED", error.message);
			return encodeRefusal(PARSE_ERROR);
		}
		this.#terminal.seen = information;
		if (information.result !== 0) return this.#refuse(information);
		const { refusal: _, ...kept } = this.#kept;
		this.#kept = { ...kept, approval: information };
		try {
			await this.#job.keep(this.#kept);
		} catch (error) {
			if (!(error instanceof DeviceError)) throw error;
			// What can't be remembered must not be charged: the terminal takes it back.
			this.#fault = faultOf(error);
			return encodeRefusal(PROCESSING_ERROR);
		}
		this.#approval = information;
		return POSITIVE;
	}

	async #refuse(information: StatusInformation): Promise<Uint8Array> {
		this.#refusal = information;
		const { approval: _, ...kept } = this.#kept;
		this.#kept = { ...kept, refusal: information };
		const { nl, en } = resultOf(information.result);
		this.#tellProgress(nl, en, false);
		// Nothing moved, so nothing is guarded by this: where it can't be kept, the terminal's memory says the same.
		await this.#job.keep(this.#kept).catch((error: unknown) => {
			if (!(error instanceof DeviceError)) throw error;
		});
		return POSITIVE;
	}

	#judge(ending: Ending): Outcome | undefined {
		if (ending.kind === "refused") {
			if (isOfTheTerminal(ending.code)) this.#terminal.note(ending.code);
			return refused(ending.code, this.#command.action === "reverse" ? "REVERSAL_IMPOSSIBLE" : "PAYMENT_FAILED");
		}
		if (ending.kind === "completed") {
			if (this.#approval) {
				this.#terminal.last = this.#approval;
				return approved(this.#approval, this.#kept.cents, this.#roll.receipts());
			}
			return this.#refusal && notDone(this.#refusal.result, this.#refusal.words, this.#roll.receipts());
		}
		// Sheet 9: an abort means that it was not done, also after an approval, which the terminal then undid.
		const why = this.#refusal?.result ?? (ending.code || ABORTED);
		const outcome = notDone(why, this.#refusal?.words, this.#roll.receipts());
		const isImpossible = this.#command.action === "reverse" && IMPOSSIBLE.has(why);
		const reason = isImpossible ? fault("REVERSAL_IMPOSSIBLE", reasonOf(why)) : this.#fault;
		return reason ? { ...outcome, fault: reason } : outcome;
	}

	#tellProgress(nl: string, en: string, mayCancel: boolean): void {
		this.#tell({ type: "payment", payment: this.#command.id, message: { nl, en }, mayCancel });
	}
}

/** Throws WireError where an approval can't be booked as it is: without amount, or not in euro. */
function mustBeBookable({ result, amount, currency }: StatusInformation, action: MoneyCommand["action"]): void {
	if (result !== 0) return;
	if (amount === undefined && action !== "reverse") throw new WireError("an approval without amount");
	if (currency !== undefined && currency !== EURO) throw new WireError(`an approval in currency ${currency}`);
}

import type { TerminalReceipt } from "@kassahub/contracts/terminal-answer.ts";
import { DeviceError, fault } from "../../fault.ts";
import type { Report } from "../driver.ts";
import { WireError } from "../wire.ts";
import { decodeBmps, findBmp } from "./zvt-bmp.ts";
import {
	command,
	encodeRegistration,
	encodeRepeatReceipt,
	encodeStatusEnquiry,
	LAST_TRANSACTION,
	LAST_TRANSACTION_AND_RECEIPT,
	POSITIVE,
	STATUS_AND_VERSION,
	STATUS_ONLY,
} from "./zvt-commands.ts";
import { type Conversation, type Take, takeStray } from "./zvt-conversation.ts";
import { decodeDigits } from "./zvt-digits.ts";
import { ReceiptRoll, takePrinting } from "./zvt-printing.ts";
import { NOT_REGISTERED, reasonOf } from "./zvt-results.ts";
import type { ZvtSettings } from "./zvt-settings.ts";
import { decodeStatusInformation, type StatusInformation } from "./zvt-status-information.ts";
import { decodeTerminalStatus, faultCodeOf, isOfTheTerminal, passes, wordsOf } from "./zvt-terminal-status.ts";

export const READY = 0x00;
const REGISTRATIONS_MAX = 3;

/** A terminal at the other end of a conversation: what is known of it, and how that is learned. */
export class ZvtTerminal {
	readonly conversation: Conversation;
	readonly settings: ZvtSettings;
	readonly #report: Report;
	#isPrepared = false;
	#status = READY;
	#terminalId: string | undefined;
	#version: string | undefined;
	/** The last transaction that it stored; undefined where it says that it has none. */
	last: StatusInformation | undefined;
	/** The newest transaction that it spoke of, stored or not. */
	seen: StatusInformation | undefined;

	constructor(conversation: Conversation, settings: ZvtSettings, report: Report) {
		this.conversation = conversation;
		this.settings = settings;
		this.#report = report;
	}

	get terminalId(): string | undefined {
		return this.#terminalId;
	}

	/** What it said last of how it is. */
	get status(): number {
		return this.#status;
	}

	/** It knows this register, and its last transaction is known here. */
	get isPrepared(): boolean {
		return this.#isPrepared;
	}

	/**
	 * Asks how it is, registers, and learns its last transaction (sheet 7, steps 2 and 3). The status it answers with;
	 * where that passes by itself, nothing else was asked. Throws DeviceError.
	 */
	async prepare(): Promise<number> {
		const status = await this.enquire(this.#version === undefined);
		if (passes(status)) return this.#become(status);
		for (let tries = 1; ; tries++) {
			const refusal = (await this.#register()) ?? (await this.#learnLast());
			if (refusal === undefined) break;
			if (passes(refusal)) return this.#become(refusal);
			// It restarted after it was registered, which a serial cable does not tell.
			if (tries === REGISTRATIONS_MAX)
				throw new DeviceError("TERMINAL_DEFECT", "it forgets the registration each time");
		}
		this.#isPrepared = true;
		return this.#become(status);
	}

	/** Status enquiry; tells the bridge what came of it. */
	async enquire(wantsVersion = false): Promise<number> {
		const service = wantsVersion ? STATUS_AND_VERSION : STATUS_ONLY;
		const ending = await this.conversation.run(encodeStatusEnquiry(this.settings.password, service));
		if (ending.kind !== "completed") return this.#become(isOfTheTerminal(ending.code) ? ending.code : READY);
		const { status, version } = this.#read(() => decodeTerminalStatus(ending.data));
		this.#version = version ?? this.#version;
		return this.#become(status);
	}

	/** A refusal told how it is. */
	note(status: number): void {
		this.#become(status);
	}

	/** It no longer knows this register. */
	forget(): void {
		this.#isPrepared = false;
	}

	/** Another print of the last receipts, gathered here. */
	async lastReceipts(): Promise<TerminalReceipt[]> {
		const roll = new ReceiptRoll(this.settings.columns);
		const request = encodeRepeatReceipt(this.settings.password, LAST_TRANSACTION_AND_RECEIPT);
		await this.conversation.run(request, (message) => takePrinting(roll, message) ?? takeReplay(message));
		return roll.receipts();
	}

	/** The status by which it refuses, or undefined where it is registered. Throws DeviceError. */
	async #register(): Promise<number | undefined> {
		const ending = await this.conversation.run(encodeRegistration(this.settings));
		if (ending.kind === "completed") {
			const id = findBmp(decodeBmps(ending.data).fields, 0x29);
			this.#terminalId = (id && decodeDigits(id)) ?? this.#terminalId;
			return undefined;
		}
		if (passes(ending.code)) return ending.code;
		// 84 1E: its data say why, 6F where it does not take euro (sheet 3).
		const code = ending.kind === "refused" ? (ending.data[0] ?? ending.code) : ending.code;
		throw new DeviceError("TERMINAL_SETUP_DUE", `it refuses the registration: ${reasonOf(code)}`);
	}

	/**
	 * The same for its last transaction (06 20). A refusal for any other reason than that it is busy, or no longer knows this
	 * register, says that there is none.
	 */
	async #learnLast(): Promise<number | undefined> {
		let last: StatusInformation | undefined;
		const take: Take = (message) => {
			if (message.command === command.statusInformation) last = decodeStatusInformation(message.data);
			return takeReplay(message);
		};
		const ending = await this.conversation.run(encodeRepeatReceipt(this.settings.password, LAST_TRANSACTION), take);
		if (ending.kind === "refused" && (passes(ending.code) || ending.code === NOT_REGISTERED)) return ending.code;
		this.last = ending.kind === "completed" ? last : undefined;
		this.seen = this.last;
		return undefined;
	}

	/** What can't be read ends the connection, as it does in the middle of a command. */
	#read<T>(decode: () => T): T {
		try {
			return decode();
		} catch (error) {
			throw error instanceof WireError ? this.conversation.giveUp(error) : error;
		}
	}

	#become(status: number): number {
		this.#status = status;
		const about = {
			...(this.#version ? { firmware: this.#version } : {}),
			...(this.#terminalId ? { serialNumber: this.#terminalId } : {}),
		};
		if (status === READY) this.#report.condition({ state: "online", ...about });
		else {
			const detail = wordsOf(status);
			this.#report.condition({ state: "degraded", ...about, fault: fault(faultCodeOf(status), detail) });
		}
		return status;
	}
}

/** A replay of what was stored long ago is acknowledged, whatever it says: only a new approval can be taken back. */
const takeReplay: Take = (message) => (message.command === command.statusInformation ? POSITIVE : takeStray(message));

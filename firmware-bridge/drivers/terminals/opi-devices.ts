import type { TerminalReceipt } from "@kassahub/contracts/terminal-answer.ts";
import type { Link } from "../../links/link.ts";
import { pause } from "../../pause.ts";
import { receiptOf } from "./answer.ts";
import { type DeviceRequest, type DeviceResult, decodeMessage, encodeDeviceResponse } from "./opi-codec.ts";
import { splitFrames } from "./opi-frames.ts";

/** A terminal may use a connection once or many times (sheet A1): it is closed when nothing came for so long. */
const IDLE_MS = 500;

const displays = ["CashierDisplay", "CustomerDisplay"];
const readers: Readonly<Record<string, TerminalReceipt["for"]>> = {
	Printer: "merchant",
	PrinterReceipt: "customer",
};

/** The hub as the terminal's printer and display (channel 1): whatever it is asked, it answers at once. */
export class OpiDevices {
	readonly #show: (text: string) => void;
	readonly #lines = new Map<TerminalReceipt["for"], string[]>();
	#heard: () => void = () => undefined;
	/** What the terminal wanted a person to answer, which the hub can't ask. */
	unanswered: string | undefined;

	constructor(show: (text: string) => void) {
		this.#show = show;
	}

	get receipts(): TerminalReceipt[] {
		return [...this.#lines].map(([reader, lines]) => receiptOf(reader, lines));
	}

	/** Forgets what was printed for an earlier transaction. */
	clear(): void {
		this.#lines.clear();
		this.unanswered = undefined;
	}

	/** A terminal may send its receipts after its response: waits until the customer's is there, or `ms` are over. */
	async awaitReceipts(ms: number, gone: Promise<unknown>): Promise<void> {
		const until = performance.now() + ms;
		while (!this.#lines.has("customer")) {
			const rest = until - performance.now();
			if (rest <= 0) return;
			const heard = new Promise<void>((resolve) => {
				this.#heard = resolve;
			});
			await pause(rest, Promise.race([heard, gone]));
		}
	}

	/** Takes one of the terminal's connections. */
	serve(link: Link): void {
		const splitter = splitFrames();
		let idle: NodeJS.Timeout | undefined;
		const leave = (): void => void link.close();
		link.listen((bytes) => {
			for (const frame of splitter.push(bytes)) {
				const request = decodeMessage(frame);
				clearTimeout(idle);
				if (request.kind !== "device-request") return leave();
				// A terminal that hung up before the answer asks again, or ends the payment: its response says so.
				link.write(this.#answer(request)).catch(() => undefined);
				idle = setTimeout(leave, IDLE_MS);
			}
		});
		void link.gone.then(() => clearTimeout(idle));
	}

	#answer(request: DeviceRequest): Uint8Array {
		const results = request.outputs.map(({ target, lines }) => this.#output(target, lines));
		const isRefused = request.input !== undefined || request.type === "Input" || request.type.startsWith("Secure");
		if (isRefused) this.unanswered = request.input || request.type;
		const overall = isRefused || results.includes("DeviceUnavailable") ? "DeviceUnavailable" : "Success";
		this.#heard();
		return encodeDeviceResponse(request, overall, results);
	}

	#output(target: string, lines: readonly string[]): DeviceResult {
		const reader = readers[target];
		// Without a line it only asks whether the printer is ready: receipts are kept with the payment, so it always is.
		if (reader && lines.length > 0) this.#lines.set(reader, [...(this.#lines.get(reader) ?? []), ...lines]);
		if (displays.includes(target) && lines.length > 0) this.#show(lines.join(" ").trim());
		const isKnown = reader !== undefined || displays.includes(target) || target === "Log" || target === "EJournal";
		return isKnown ? "Success" : "DeviceUnavailable";
	}
}

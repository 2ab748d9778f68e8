import type { Command } from "@kassahub/contracts/command.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import type { Shop } from "@kassahub/contracts/shop.ts";
import { vatTable } from "@kassahub/contracts/vat.ts";
import { uuidv7 } from "uuidv7";
import { faultWords } from "../kit/fault-words.ts";
import type { Live } from "../kit/live.ts";
import { localTimestamp } from "../kit/local-time.ts";
import { say } from "../kit/toast.tsx";
import { topics } from "../kit/topics.ts";
import type { KeptSale } from "./store.ts";
import { words } from "./words.ts";

/** A command without what every command has: id and times. */
type Order = Command extends infer C ? (C extends Command ? Omit<C, "id" | "at" | "expiresAt"> : never) : never;

const EXPIRES_MS = 60_000;

/** Commands to devices, and what comes of them, told to the cashier in words. */
export class Commands {
	readonly #live: Live;
	readonly #open = new Map<string, string>();

	constructor(live: Live) {
		this.#live = live;
	}

	/** Sends a command; `meanwhile` is said now, `onDone` when the device has done it. Away from the hub it is refused, not kept. */
	async send(device: string, order: Order, onDone = "", meanwhile = ""): Promise<void> {
		if (this.#live.status.value !== "live") {
			say(words.value.hubAway, "bad");
			return;
		}
		const now = Date.now();
		const command = {
			...order,
			id: uuidv7(),
			at: localTimestamp(new Date(now)),
			expiresAt: localTimestamp(new Date(now + EXPIRES_MS)),
		};
		this.#open.set(command.id, onDone);
		if (meanwhile) say(meanwhile, "plain", command.id);
		await this.#live.publish(topics.commands(device), command);
	}

	answered(result: Result): void {
		const onDone = this.#open.get(result.id);
		if (onDone === undefined) return;
		this.#open.delete(result.id);
		if (result.status === "done") {
			if (onDone) say(onDone, "plain", result.id);
			return;
		}
		const { sentence, remedy } = faultWords(result.fault?.code ?? "COMMAND_INTERRUPTED");
		say(`${sentence} ${remedy}`, "bad", result.id);
	}

	print(device: string, shop: Shop, kept: Pick<KeptSale, "number" | "hash"> & { sale: Sale }, isCopy: boolean): void {
		const { name, address, vatNumber, footer, language } = shop;
		void this.send(
			device,
			{
				action: "print",
				receipt: {
					language,
					shop: { name, address, ...(vatNumber ? { vatNumber } : {}), footer },
					sale: kept.sale,
					vat: vatTable(kept.sale.lines),
					...(kept.number && kept.hash ? { booking: { number: kept.number, hash: kept.hash } } : {}),
					isCopy,
				},
			},
			words.value.printed,
			words.value.printing,
		);
	}
}

import type { Booking } from "@kassahub/contracts/booking.ts";
import type { Command } from "@kassahub/contracts/command.ts";
import type { Config, DeviceConfig } from "@kassahub/contracts/config.ts";
import type { Receipt } from "@kassahub/contracts/receipt.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import { vatTable } from "@kassahub/contracts/vat.ts";
import { uuidv7 } from "uuidv7";
import type { BookedSale } from "../books/books.ts";
import type { Clock } from "../clock.ts";
import { serves } from "../config.ts";
import type { Devices } from "./devices.ts";

const PRINT_WITHIN_MS = 10 * 60_000;

/** The receipt of a booked sale in this shop. */
export function receiptOf(
	config: Config,
	sale: Sale,
	booking: Pick<Booking, "number" | "hash">,
	isCopy: boolean,
): Receipt {
	const { shop } = config;
	return {
		language: shop.language ?? "nl",
		shop: {
			name: shop.name,
			address: shop.address ?? [],
			...(shop.vatNumber ? { vatNumber: shop.vatNumber } : {}),
			...(shop.footer ? { footer: shop.footer } : {}),
		},
		sale,
		vat: vatTable(sale.lines),
		booking: { number: booking.number, hash: booking.hash },
		isCopy,
	};
}

type Printing = { config: Config; devices: Devices; clock: Clock };

/** Prints a freshly booked sale on every printer that serves its register and prints all receipts. */
export function printReceipt({ config, devices, clock }: Printing, booked: BookedSale): void {
	const printers = printersOf({ config, devices });
	if (printers.length === 0) return;
	const { sale, booking } = booked;
	if (sale.receipt === "none") return;
	for (const [name, device] of printers) {
		if (!serves(device, sale.register)) continue;
		const openDrawer = sale.payments.some((payment) => payment.method === "cash");
		const receipt = receiptOf(config, sale, booking, false);
		devices.command(name, { ...newCommand(clock), action: "print", receipt, openDrawer });
	}
}

/** Prints lines, such as a pin terminal's receipt, where a register's receipts are printed. */
export function printLines({ config, devices, clock }: Printing, register: string, lines: readonly string[]): void {
	for (const [name, device] of printersOf({ config, devices })) {
		if (!serves(device, register)) continue;
		devices.command(name, { ...newCommand(clock), action: "print-text", lines: [...lines] });
	}
}

/** The printers that print all receipts. */
const printersOf = ({ config, devices }: Omit<Printing, "clock">): [string, DeviceConfig][] =>
	Object.entries(config.devices ?? {}).filter(
		([name, device]) => device.receipts !== "on-request" && devices.get(name)?.class === "printer",
	);

const newCommand = (clock: Clock): Pick<Command, "id" | "at" | "expiresAt"> => ({
	id: uuidv7(),
	at: clock.now().at,
	expiresAt: new Date(clock.epochMs() + PRINT_WITHIN_MS).toISOString(),
});

import { booking as bookingMessage } from "@kassahub/contracts/booking.ts";
import type { Config } from "@kassahub/contracts/config.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import type { Logger } from "pino";
import type { Alerts, Publish } from "../alerts.ts";
import type { BookedRequest, Books } from "../books/books.ts";
import type { Clock } from "../clock.ts";
import type { Devices } from "../devices/devices.ts";
import { printLines } from "../devices/receipts.ts";
import { Payments } from "./payments.ts";

const TICK_MS = 1000;
const JOURNAL_RETRY_MS = 1000;

type Hub = {
	books: Books;
	devices: Devices;
	alerts: Alerts;
	publish: Publish;
	config: Config;
	clock: Clock;
	log: Logger;
};

export type OpenPayments = {
	/** A result of the bridge; resolves once what it says of a payment is in the books. */
	heard(result: Result): Promise<void>;
	close(): void;
};

/**
 * Opens the payments of this hub. When it resolves, every payment of before the restart has been taken up, so that no
 * new one can come before it.
 */
export async function openPayments(hub: Hub): Promise<OpenPayments> {
	const { books, devices, alerts, publish, config, clock, log } = hub;
	const payments = new Payments({
		books,
		devices: {
			isConfigured: (name) => Object.hasOwn(config.devices ?? {}, name),
			get: (name) => devices.get(name),
			command: (name, command) => devices.command(name, command),
		},
		tell: (register, booking) => publish(bookingMessage, { register }, booking),
		print: (register, lines) => printLines({ config, devices, clock }, register, lines),
		alerts,
		clock,
		elapsedMs: () => performance.now(),
		pause: () => new Promise((resolve) => setTimeout(resolve, JOURNAL_RETRY_MS)),
		log,
	});
	const failed = (error: unknown) => log.error({ err: error }, "a payment could not be taken up");
	const takeUp = (booked: BookedRequest) => void payments.booked(booked).catch(failed);
	const recall = () => void payments.recall().catch(failed);
	const hearState = payments.heardState.bind(payments);
	await payments.recall();
	books.on("payment", takeUp);
	books.on("writable", recall);
	devices.on("state", hearState);
	const ticking = setInterval(() => payments.tick(), TICK_MS);
	return {
		heard: (result) => payments.heard(result),
		close() {
			clearInterval(ticking);
			payments.close();
			books.off("payment", takeUp);
			books.off("writable", recall);
			devices.off("state", hearState);
		},
	};
}

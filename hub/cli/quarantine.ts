import { readFileSync } from "node:fs";
import type { Booking } from "@kassahub/contracts/booking.ts";
import type { QuarantineItem } from "@kassahub/contracts/quarantine-item.ts";
import { type CliCommand, CliFault, print, say } from "./command.ts";
import { withBooks } from "./data.ts";
import { RunningHub } from "./running-hub.ts";

export const quarantineList: CliCommand = {
	words: "quarantine list",
	summary: "Print what could not be booked, with its reasons",
	async run() {
		const hub = await RunningHub.find();
		const items = hub
			? await hub.ask<QuarantineItem[]>("GET", "/quarantine")
			: await withBooks((books) => books.quarantine());
		const open = items.filter(({ resolvedAt }) => resolvedAt === null);
		for (const { number, source, reasons } of open) {
			say(`${number} from ${source}: ${reasons.map(({ message }) => message).join("; ")}`);
		}
		say(`${open.length} wait to be repaired: kassahub quarantine replay N --file repaired.json`);
		print(items);
		return 0;
	},
};

export const quarantineReplay: CliCommand = {
	words: "quarantine replay",
	summary: "Book a message from quarantine after all, as it is or repaired",
	operands: ["N"],
	options: { file: { type: "string", value: "f.json", description: "The repaired message" } },
	async run({ operands, options }) {
		const number = Number(operands[0]);
		if (!Number.isSafeInteger(number) || number < 1) throw new CliFault(`"${operands[0]}" is no quarantine number.`);
		const payload = typeof options.file === "string" ? readJson(options.file) : undefined;
		const hub = await RunningHub.find();
		const booking = hub
			? await hub.post<Booking>(`/quarantine/${number}/replay`, payload === undefined ? {} : { payload })
			: await replayWithoutHub(number, payload);
		say(`Booked under number ${booking.number}${booking.duplicate ? ", which it had already" : ""}.`);
		print(booking);
		return 0;
	},
};

function replayWithoutHub(number: number, payload: unknown): Promise<Booking> {
	const bytes = payload === undefined ? undefined : new TextEncoder().encode(JSON.stringify(payload));
	return withBooks(async (books) => {
		const outcome = await books.replay(number, bytes);
		if (!outcome) throw new CliFault(`There is no number ${number} in quarantine.`);
		if (outcome.status === "booked") return outcome.booking;
		const { reasons } = outcome.rejection;
		throw new CliFault(reasons.map(({ code, message, remedy }) => `${code}: ${message}. ${remedy}`).join("\n"));
	});
}

function readJson(file: string): unknown {
	try {
		return JSON.parse(readFileSync(file, "utf8"));
	} catch (error) {
		throw new CliFault(`${file} cannot be read as JSON: ${(error as Error).message}`);
	}
}

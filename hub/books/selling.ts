import { writeSync } from "node:fs";
import { Books } from "./books.ts";
import { saleFrom, submitSale } from "./fixture.ts";

/**
 * A shop for tests to kill: sells without end through the books in the folder given, and prints the id and number of
 * every acknowledged sale, one a line, at once.
 */
const REGISTERS = 40;

const books = await Books.open({ dataDir: process.argv[2] as string });

async function sell(register: string): Promise<never> {
	for (;;) {
		const outcome = await books.submit(submitSale(saleFrom(register)));
		if (outcome.status !== "booked") throw new Error(JSON.stringify(outcome));
		writeSync(1, `${outcome.booking.id} ${outcome.booking.number}\n`);
	}
}

await Promise.all(Array.from({ length: REGISTERS }, (_, index) => sell(`kassa-${index}`)));

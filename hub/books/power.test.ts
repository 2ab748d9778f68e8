import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { openClock } from "../clock.ts";
import { verifyJournal } from "../journal/verify.ts";
import { stateText } from "../shop/state.ts";
import { temporaryDir } from "./fixture.ts";
import { Ledger } from "./ledger.ts";

const ROUNDS = 20;

/** Sells until `acknowledgements` were heard, then kills the shop outright. Every acknowledgement that got out counts. */
async function sellAndKill(dataDir: string, acknowledgements: number): Promise<Map<string, number>> {
	const shop = spawn(process.execPath, [join(import.meta.dirname, "selling.ts"), dataDir], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const exited = once(shop, "exit");
	const acknowledged = new Map<string, number>();
	for await (const line of createInterface({ input: shop.stdout })) {
		const [id, number] = line.split(" ") as [string, string];
		if (number === undefined || number === "") continue;
		acknowledged.set(id, Number(number));
		if (acknowledged.size === acknowledgements) shop.kill("SIGKILL");
	}
	const [, signal] = await exited;
	expect(signal).toBe("SIGKILL");
	return acknowledged;
}

test(`an acknowledged sale survives kill -9, and is there once, ${ROUNDS} times over`, {
	timeout: 180_000,
}, async () => {
	using dir = temporaryDir();
	const seed = Date.now() % 1_000_000;
	console.log(`kill -9 with seed ${seed}`);
	const promised = new Map<string, number>();
	for (let round = 1; round <= ROUNDS; round++) {
		const moment = 1 + ((seed * 7919 + round * 104_729) % 400);
		for (const [id, number] of await sellAndKill(dir.path, moment)) promised.set(id, number);
		const { faults, entries } = verifyJournal(join(dir.path, "journal.db"));
		expect(faults, `seed ${seed}, round ${round}`).toEqual([]);
		expect(entries).toBeGreaterThanOrEqual(promised.size);
	}
	const ledger = new Ledger(dir.path, openClock());
	for (const [id, number] of promised) expect(ledger.entry(id)?.number, `seed ${seed}: ${id}`).toBe(number);
	const head = ledger.head.number;
	const { outcomes } = ledger.book(
		[...promised.keys()].map((id) => {
			const payload = Buffer.from(JSON.stringify(ledger.entry(id)?.payload));
			return { kind: "sale", source: "register:any", register: null, topic: "", payload };
		}),
	);
	for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "booked", booking: { duplicate: true } });
	expect(ledger.head.number).toBe(head);
	expect(ledger.state.days.get("2026-11-23")?.sales).toBe(head);
	const live = stateText(ledger.state);
	ledger.close();
	const reopened = new Ledger(dir.path, openClock());
	expect(stateText(reopened.state)).toBe(live);
	reopened.close();
});

import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "@kassahub/contracts/command.ts";
import { result } from "@kassahub/contracts/result.ts";
import pino from "pino";
import { expect, test } from "vitest";
import { Ledger } from "./ledger.ts";

const log = pino({ enabled: false });
const newFile = (): string => join(mkdtempSync(join(tmpdir(), "ledger-")), "underway", "printer.json");

test("what was accepted, begun and answered is there for the next start", async () => {
	const file = newFile();
	const first = new Ledger(file, log);
	await first.accept(command.example);
	expect(new Ledger(file, log).orders).toEqual([{ command: command.example, hasBegun: false }]);
	const [order] = first.orders;
	if (order) await first.begin(order);
	expect(new Ledger(file, log).orders).toEqual([{ command: command.example, hasBegun: true }]);
	await first.answer(result.example);
	const next = new Ledger(file, log);
	expect(next.orders).toEqual([]);
	expect(next.untold).toEqual([result.example]);
	expect(next.answerTo(result.example.id)).toEqual(result.example);
});

test("many changes at once are all on disk when they resolve", async () => {
	const file = newFile();
	const ledger = new Ledger(file, log);
	const ids = Array.from({ length: 50 }, (_, index) => `019309a0-5a3f-7c11-b6d2-${String(index).padStart(12, "0")}`);
	await Promise.all(ids.map((id) => ledger.accept({ ...command.example, id })));
	expect(new Ledger(file, log).orders.map((order) => order.command.id)).toEqual(ids);
});

test("answers are remembered up to a bound", async () => {
	const ledger = new Ledger(newFile(), log);
	for (let index = 0; index < 100; index++) {
		await ledger.answer({ ...result.example, id: `019309a0-5a3f-7c11-b6d2-${String(index).padStart(12, "0")}` });
	}
	expect(ledger.untold).toHaveLength(64);
});

test("an unreadable record is set aside, not trusted and not thrown away", () => {
	const file = newFile();
	new Ledger(file, log);
	writeFileSync(file, '{"orders":[{"comm');
	expect(new Ledger(file, log).orders).toEqual([]);
	expect(existsSync(`${file}.unreadable`)).toBe(true);
});

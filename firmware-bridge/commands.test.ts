import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Command } from "@kassahub/contracts/command.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import pino from "pino";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";
import { Commands, type Performer, type Readiness } from "./commands.ts";
import type { Job, Outcome } from "./drivers/driver.ts";
import { DeviceError } from "./fault.ts";
import { Ledger } from "./ledger.ts";

const log = pino({ enabled: false });
const can = {
	actions: ["pay", "cancel", "end-of-day", "self-test"],
	actionsWhileDegraded: ["self-test"],
	actionsBeside: ["cancel"],
	actionsToRecover: ["pay", "end-of-day"],
} as const;
const approved: Outcome = { status: "done", payment: { status: "approved", amount: 1995 } };
const newFile = (): string => join(mkdtempSync(join(tmpdir(), "commands-")), "underway", "pin-1.json");

/** A device that does what the test says, and remembers what it was asked. */
class Bench implements Performer {
	ready: Readiness = "all";
	readonly asked: string[] = [];
	readonly told: Result[] = [];
	onPerform: (command: Command, job: Job) => Promise<Outcome> = async () => approved;
	onRecover: (command: Command, job: Job) => Promise<Outcome> = async () => approved;
	#waiting: (() => void)[] = [];

	readiness(): Readiness {
		return this.ready;
	}

	perform(command: Command, job: Job): Promise<Outcome> {
		this.asked.push(`perform ${command.action}`);
		return this.onPerform(command, job);
	}

	recover(command: Command, job: Job): Promise<Outcome> {
		this.asked.push(`recover ${command.action}`);
		return this.onRecover(command, job);
	}

	tell(result: Result): void {
		this.told.push(result);
		for (const wake of this.#waiting.splice(0)) wake();
	}

	async resultOf(id: string): Promise<Result> {
		for (;;) {
			const found = this.told.find((result) => result.id === id);
			if (found) return found;
			await new Promise<void>((resolve) => this.#waiting.push(resolve));
		}
	}
}

/** A bridge that starts on what the ledger in `file` holds. */
async function start(file: string, bench: Bench): Promise<Commands> {
	const commands = new Commands("pin-1", can, new Ledger(file, log), bench, log);
	await commands.resume();
	return commands;
}

const bytes = (command: object): Uint8Array => Buffer.from(JSON.stringify(command));
const pay = (change: object = {}) => ({
	id: uuidv7(),
	at: new Date().toISOString(),
	action: "pay" as const,
	amount: 1995,
	...change,
});
const never = new Promise<never>(() => undefined);

test("a payment that was under way at a kill is found out, never done again, and before anything else", async () => {
	const file = newFile();
	const first = new Bench();
	let begun = (): void => undefined;
	const hasBegun = new Promise<void>((resolve) => {
		begun = resolve;
	});
	first.onPerform = async (_, job) => {
		await job.keep({ lastReceipt: 16 });
		begun();
		return never;
	};
	const command = pay();
	await (await start(file, first)).accept(bytes(command));
	await hasBegun;

	const second = new Bench();
	second.ready = "none";
	const evidence: unknown[] = [];
	second.onRecover = async (_, job) => {
		evidence.push(job.evidence);
		return approved;
	};
	const commands = await start(file, second);
	const next = pay();
	await commands.accept(bytes(next));
	second.ready = "all";
	commands.pump();
	expect(await second.resultOf(command.id)).toMatchObject(approved);
	expect(await second.resultOf(next.id)).toMatchObject(approved);
	expect(second.asked).toEqual(["recover pay", "perform pay"]);
	expect(evidence).toEqual([{ lastReceipt: 16 }]);
});

test("a payment whose conversation broke off is found out on the next occasion, however often that fails", async () => {
	const bench = new Bench();
	bench.onPerform = async () => {
		throw new DeviceError("DEVICE_UNREACHABLE");
	};
	let failures = 2;
	bench.onRecover = async () => {
		if (failures-- > 0) throw new DeviceError("DEVICE_UNREACHABLE");
		return { status: "done", payment: { status: "declined", amount: 0 } };
	};
	const commands = await start(newFile(), bench);
	const command = pay();
	await commands.accept(bytes(command));
	expect(await bench.resultOf(command.id)).toMatchObject({ status: "done", payment: { status: "declined" } });
	expect(bench.asked).toEqual(["perform pay", "recover pay", "recover pay", "recover pay"]);
	expect(bench.told).toHaveLength(1);
});

test("asked again after a restart, a payment is answered as before and not done", async () => {
	const file = newFile();
	const first = new Bench();
	const command = pay();
	await (await start(file, first)).accept(bytes(command));
	await first.resultOf(command.id);
	const second = new Bench();
	await (await start(file, second)).accept(bytes({ ...command, resumes: true }));
	expect(await second.resultOf(command.id)).toMatchObject(approved);
	expect(second.asked).toEqual([]);
});

test("asked again, a payment that never began here certainly did not, and never will", async () => {
	const file = newFile();
	await start(file, new Bench());
	const bench = new Bench();
	const commands = await start(file, bench);
	const command = pay();
	await commands.accept(bytes({ ...command, resumes: true }));
	expect(await bench.resultOf(command.id)).toMatchObject({ status: "failed", fault: { code: "COMMAND_NOT_STARTED" } });
	await commands.accept(bytes(command));
	expect(bench.asked).toEqual([]);
	expect(bench.told).toHaveLength(2);
});

test("where the record of commands was lost, the terminal is asked instead", async () => {
	const bench = new Bench();
	bench.onRecover = async () => ({ status: "unknown" });
	const commands = await start(newFile(), bench);
	const command = pay();
	await commands.accept(bytes({ ...command, resumes: true }));
	expect(await bench.resultOf(command.id)).toMatchObject({ status: "unknown" });
	expect(bench.asked).toEqual(["recover pay"]);
});

test("a cancel passes the payment that is under way; a second payment waits for its turn", async () => {
	const bench = new Bench();
	let answer: (outcome: Outcome) => void = () => undefined;
	bench.onPerform = (command) =>
		command.action === "pay" && bench.asked.length === 1
			? new Promise((resolve) => {
					answer = resolve;
				})
			: Promise.resolve({ status: "done" });
	const commands = await start(newFile(), bench);
	const [first, second] = [pay(), pay()];
	const cancel = { id: uuidv7(), at: first.at, action: "cancel", payment: first.id };
	for (const command of [first, second, cancel]) await commands.accept(bytes(command));
	await bench.resultOf(cancel.id);
	expect(bench.asked).toEqual(["perform pay", "perform cancel"]);
	answer({ status: "done", payment: { status: "cancelled", amount: 0 } });
	await bench.resultOf(second.id);
	expect(bench.told.map(({ id }) => id)).toEqual([cancel.id, first.id, second.id]);
});

test("a payment that cannot be recorded is not begun", async () => {
	const bench = new Bench();
	const file = newFile();
	const commands = await start(file, bench);
	// A file where the ledger's folder was: nothing can be written there any more, whoever tries.
	rmSync(dirname(file), { recursive: true });
	writeFileSync(dirname(file), "");
	const command = pay();
	await commands.accept(bytes(command));
	expect(await bench.resultOf(command.id)).toMatchObject({ status: "failed", fault: { code: "LEDGER_UNWRITABLE" } });
	expect(bench.asked).toEqual([]);
});

test("a payment that waited too long for its terminal is never started", async () => {
	const bench = new Bench();
	bench.ready = "none";
	const commands = await start(newFile(), bench);
	const command = pay({ expiresAt: new Date(Date.now() + 50).toISOString() });
	await commands.accept(bytes(command));
	expect(await bench.resultOf(command.id)).toMatchObject({ status: "failed", fault: { code: "COMMAND_EXPIRED" } });
	bench.ready = "all";
	commands.pump();
	expect(bench.asked).toEqual([]);
});

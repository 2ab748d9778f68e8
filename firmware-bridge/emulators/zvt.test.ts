import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { movedCents } from "./terminal-on-bench.ts";
import { ApduCutter } from "./zvt-bytes.ts";
import type { ZvtModel } from "./zvt-model.ts";
import { startZvtOnTcp, type ZvtOnBench } from "./zvt-on-bench.ts";

const plain = (text: string): string => text.replaceAll(/\s/g, "").toUpperCase();

/** A register that says what the sheet's examples say, byte by byte. */
class Register {
	readonly #socket: Socket;
	readonly #heard: string[] = [];
	#wake: () => void = () => undefined;

	constructor(url: string) {
		this.#socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port), noDelay: true });
		const cutter = new ApduCutter();
		this.#socket.on("data", (bytes) => {
			for (const message of cutter.push(bytes)) this.#heard.push(plain(Buffer.from(message).toString("hex")));
			this.#wake();
		});
	}

	say(text: string): void {
		this.#socket.write(Buffer.from(plain(text), "hex"));
	}

	async hear(): Promise<string> {
		while (this.#heard.length === 0) {
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
		return this.#heard.shift() as string;
	}

	/** Answers everything until the terminal ends the command; all that it said. */
	async listen(answers: Record<string, string> = {}): Promise<string[]> {
		const said: string[] = [];
		for (;;) {
			const message = await this.hear();
			said.push(message);
			if (/^8[04]/.test(message)) continue;
			this.say(answers[message.slice(0, 4)] ?? "80 00 00");
			if (/^06(0F|1E)/.test(message)) return said;
		}
	}

	close(): void {
		this.#socket.destroy();
	}
}

const E1 = "06 00 1A 00 00 00 9E 09 78 03 00 06 10 12 01 42 14 01 FF 1A 02 04 00 26 04 0A 02 06 D3";
const PAY = "06 01 0A 04 00 00 00 00 19 95 49 09 78";
const STATUS = "05 01 05 00 00 00 03 02";

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
});

async function bench(model: Partial<ZvtModel> = {}): Promise<{ terminal: ZvtOnBench; register: Register }> {
	const terminal = await startZvtOnTcp({ model });
	closing.push(() => terminal.close());
	const register = new Register(terminal.url);
	closing.push(() => register.close());
	return { terminal, register };
}

async function registered(model: Partial<ZvtModel> = {}) {
	const benched = await bench(model);
	benched.register.say(E1);
	await benched.register.listen();
	return benched;
}

describe("the emulated terminal answers as the sheet's examples have it", () => {
	test("E1 registration", async () => {
		const { register } = await bench();
		register.say(E1);
		expect(await register.listen()).toEqual([
			"800000",
			plain("06 0F 15 19 00 29 31 00 00 42 49 09 78 06 09 12 01 42 26 04 0A 02 06 D3"),
		]);
	});

	test("E2 payment with a transaction id, approved", async () => {
		const { terminal, register } = await registered({ sendsTransactionIds: true });
		register.say("06 01 11 04 00 00 00 00 19 95 49 09 78 19 40 06 03 1F 1F 00");
		const said = await register.listen();
		expect(said.slice(0, 2)).toEqual(["800000", "04FF010A"]);
		const approval = said.find((message) => message.startsWith("040F"))?.replace(/0C\d{6}0D\d{4}/, "0C1432070D1124");
		expect(approval).toBe(
			plain(`04 0F 88 27 00 04 00 00 00 00 19 95 49 09 78 0C 14 32 07 0D 11 24 0E 28 09 17 00 01 19 70
				22 F0 F8 EE EE EE EE EE EE 12 34 29 31 00 00 42 87 00 17 0B 00 00 42 8A 2E
				8B F0 F8 4D 61 65 73 74 72 6F 00 3B 41 31 42 32 43 33 00 00
				2A 31 32 33 34 35 36 37 38 39 30 20 20 20 20 20 3C F0 F0 F7 41 6B 6B 6F 6F 72 64
				06 23 2F 08 1F 10 01 02 1F 12 01 02 60 12 43 07 A0 00 00 00 04 30 60 44 07 4D 41 45 53 54 52 4F 1F 1F 02 00 17`),
		);
		expect(said.at(-1)).toBe("060F00");
		expect(movedCents(terminal.charges)).toBe(1995);
	});

	test("E3 the customer stops", async () => {
		const { terminal, register } = await registered();
		terminal.next({ does: "cancel" });
		register.say(PAY);
		expect((await register.listen()).slice(-2)).toEqual([
			plain("04 0F 1F 27 6C 04 00 00 00 00 19 95 49 09 78 29 31 00 00 42 3C F0 F1 F0 41 66 67 65 62 72 6F 6B 65 6E"),
			"061E016C",
		]);
		expect(terminal.charges).toEqual([]);
	});

	test("E4 the last transaction again, and E5 its reversal", async () => {
		const { terminal, register } = await registered();
		register.say(PAY);
		const approval = (await register.listen()).find((message) => message.startsWith("040F"));
		register.say("06 20 05 00 00 00 03 03");
		expect(await register.listen()).toEqual(["800000", approval, "060F00"]);
		register.say("06 30 06 00 00 00 87 00 17");
		expect((await register.listen()).at(-1)).toBe("060F00");
		expect(movedCents(terminal.charges)).toBe(0);
		register.say("06 30 06 00 00 00 87 00 17");
		expect((await register.listen()).at(-1)).toBe("061E01B4");
	});

	test("E6 status enquiry, with and without version", async () => {
		const { register } = await bench();
		register.say(STATUS);
		expect(await register.listen()).toEqual(["800000", "060F0100"]);
		register.say("05 01 05 00 00 00 03 00");
		expect((await register.listen()).at(-1)).toBe(plain("06 0F 0E F0 F1 F0 4B 48 2D 45 4D 55 20 31 2E 30 00"));
	});

	test("E7 print lines, where blocks were not asked for", async () => {
		const { register } = await bench();
		register.say("06 00 06 00 00 00 9E 09 78");
		await register.listen();
		register.say(PAY);
		const said = await register.listen();
		expect(said).toContain(plain("06 D1 0C 40 4B 4C 41 4E 54 54 49 43 4B 45 54"));
		expect(said).toContain("06D10181");
	});
});

describe("the answer to 04 0F decides the money (4.2)", () => {
	test.each([
		["84 00 is as good as 80 00", "84 00 00", 1995],
		["84 66 takes the payment back", "84 66 00", 0],
		["84 9C asks for it again, and at last takes it back", "84 9C 00", 0],
	])("%s", async (_, answer, cents) => {
		const { terminal, register } = await registered({ repeatMs: 10, repeatsMax: 2 });
		register.say(PAY);
		const said = await register.listen({ "040F": answer });
		const approvals = said.filter((message) => message.startsWith("040F") && message.includes("2700"));
		expect(approvals).toHaveLength(answer.includes("9C") ? 3 : 1);
		expect(said.at(-1)).toBe(cents > 0 ? "060F00" : "061E016C");
		expect(movedCents(terminal.charges)).toBe(cents);
		expect(terminal.charges).toHaveLength(1);
	});

	test("no answer to it, and none to a receipt after it, takes the payment back", async () => {
		for (const [message, model] of [
			["040F", { printsFirst: true }],
			["06D3", {}],
		] as const) {
			const { terminal, register } = await registered({ ...model, ackMs: 100, lingers: 1 });
			register.say(PAY);
			for (let said = ""; !said.startsWith(message); ) {
				said = await register.hear();
				if (!said.startsWith("8") && !said.startsWith(message)) register.say("80 00 00");
			}
			const again = new Register(terminal.url);
			closing.push(() => again.close());
			again.say(STATUS);
			expect(await again.hear()).toBe("849C00");
			again.say(STATUS);
			await again.listen();
			expect(movedCents(terminal.charges)).toBe(0);
		}
	});

	test("what was stored survives a power cut, what was not is taken back on the way up", async () => {
		const { terminal, register } = await registered();
		register.say(PAY);
		await register.listen();
		terminal.onMessage(({ name, moment }) => {
			if (name.startsWith("04 0F") && moment === "after") void terminal.powerCycle();
		});
		register.say(PAY);
		while (terminal.charges.length < 2 || !terminal.charges[1]?.isReversed) {
			if (!(await register.hear()).startsWith("8")) register.say("80 00 00");
		}
		expect(movedCents(terminal.charges)).toBe(1995);
	});
});

describe("refusals", () => {
	test("of a payment: unregistered, batch open, other currency at registration", async () => {
		const { terminal, register } = await bench();
		register.say(PAY);
		expect(await register.hear()).toBe("846B00");
		register.say("06 00 06 00 00 00 9E 08 40");
		expect(await register.hear()).toBe("841E036F0978");
		register.say(E1);
		await register.listen();
		terminal.suffer({ status: 0xf0 });
		register.say(PAY);
		expect(await register.hear()).toBe("84F000");
		register.say("06 70 00");
		await register.listen();
		register.say("06 02 00");
		expect(await register.hear()).toBe("800000");
		register.say(PAY);
		expect(await register.hear()).toBe("846B00");
	});

	test("of anything else while a payment is under way, and of an abort while it talks to its host", async () => {
		const { terminal, register } = await registered();
		terminal.next({ does: "wait" });
		register.say(PAY);
		expect([await register.hear(), await register.hear()]).toEqual(["800000", "04FF010A"]);
		register.say("80 00 00");
		register.say(PAY);
		expect(await register.hear()).toBe("849C00");
		register.say("06 B0 00");
		expect(await register.hear()).toBe("800000");
		expect((await register.listen()).at(-1)).toBe("061E016C");
		register.say("06 B0 00");
		expect(await register.hear()).toBe("848300");
	});
});

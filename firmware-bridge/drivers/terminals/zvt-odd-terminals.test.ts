import { createServer, type Socket } from "node:net";
import { Value } from "typebox/value";
import { uuidv7 } from "uuidv7";
import { afterEach, describe, expect, test } from "vitest";
import { type Connected, connect } from "../connected.testing.ts";
import { jobOnPaper } from "../witness.ts";
import { zvt } from "./zvt.ts";
import { splitApdus } from "./zvt-apdu.ts";
import { ZvtSettings } from "./zvt-settings.ts";

const settings = { ...Value.Create(ZvtSettings), answerMs: 500, completionMs: 500, waitMs: 20 };
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const hex = (frame: Uint8Array): string => Buffer.from(frame).toString("hex").toUpperCase();

const OK = "80 00 00";
const LAST = "04 0F 1C 27 00 04 00 00 00 00 05 00 29 31 00 00 42 87 00 16 0B 00 00 41 0C 14 00 00 0D 11 24";
const READY: Script = {
	"0501": [OK, "06 0F 01 00"],
	"0600": [OK, "06 0F 07 19 00 29 31 00 00 42"],
	"0620": [OK, LAST, "06 0F 00"],
};

/** What the terminal says to each command, one message at a time, each after the hub's answer to the one before. */
type Script = Record<string, string[]>;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
});

/** A terminal that says what it is told to, and writes down what the hub answers since its last command. */
async function scripted(script: Script): Promise<{ url: string; answers: string[] }> {
	const said = { ...READY, ...script };
	const answers: string[] = [];
	const server = createServer((socket: Socket) => {
		const splitter = splitApdus();
		let left: string[] = [];
		const sayNext = (): void => {
			const [message, ...rest] = left;
			left = rest;
			if (message === undefined) return;
			socket.write(bytes(message));
			if (message.startsWith("80") || message === "84 00 00") sayNext();
		};
		socket.on("error", () => undefined);
		socket.on("data", (chunk) => {
			for (const frame of splitter.push(chunk)) {
				const head = hex(frame.subarray(0, 2));
				if (head.startsWith("8")) answers.push(hex(frame));
				else {
					answers.length = 0;
					left = [...(said[head] ?? [])];
				}
				sayNext();
			}
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	closing.push(() => new Promise((resolve) => server.close(resolve)));
	return { url: `tcp://127.0.0.1:${(server.address() as { port: number }).port}`, answers };
}

async function joined(script: Script): Promise<Connected & { answers: string[] }> {
	const { url, answers } = await scripted(script);
	const connected = await connect(zvt, url, settings);
	closing.push(() => connected.link.close());
	return { ...connected, answers };
}

const pay = ({ session }: Connected) =>
	session.perform({ id: uuidv7(), at: new Date().toISOString(), action: "pay", amount: 1995 }, jobOnPaper());

describe("an approval that can't be booked as it is", () => {
	test.each([
		["without an amount", "04 0F 05 27 00 87 00 17"],
		["in another currency", "04 0F 0C 27 00 04 00 00 00 00 19 95 49 08 40"],
		["with an amount that is no number", "04 0F 09 27 00 04 00 00 00 00 19 9A"],
		["behind an unknown field", "04 0F 0A 7E 27 00 04 00 00 00 00 19 95"],
	])("%s is answered so that the terminal takes it back", async (_, approval) => {
		const connected = await joined({ "0601": [OK, approval, "06 1E 01 6C"] });
		const outcome = await pay(connected);
		expect(connected.answers[0]).toBe("849A00");
		expect(outcome).toMatchObject({ payment: { status: "cancelled", amount: 0 }, fault: { code: "DEVICE_GARBLED" } });
	});
});

describe("the terminal's last word counts", () => {
	const approval = "04 0F 0C 27 00 04 00 00 00 00 19 95 87 00 17";
	test.each([
		["an abort after an approval", [approval, "06 1E 01 6C"], { status: "cancelled", amount: 0 }],
		["a refusal after an approval", [approval, "04 0F 02 27 6C", "06 0F 00"], { status: "cancelled", amount: 0 }],
		["an approval after a refusal", ["04 0F 02 27 37", approval, "06 0F 00"], { status: "approved", amount: 1995 }],
		[
			"a wrong PIN",
			["04 0F 02 27 37", "06 0F 00"],
			{ status: "declined", amount: 0, reason: "37 The PIN is incorrect" },
		],
		["an abort without a code", ["06 1E 00"], { status: "cancelled", amount: 0 }],
		["an approval in part", ["04 0F 09 27 00 04 00 00 00 00 07 00", "06 0F 00"], { status: "approved", amount: 700 }],
	])("%s", async (_, messages, payment) => {
		expect(await pay(await joined({ "0601": [OK, ...messages] }))).toMatchObject({ status: "done", payment });
	});
});

describe("an end without a word of the payment", () => {
	test("is found out: nothing was stored", async () => {
		expect(await pay(await joined({ "0601": [OK, "06 0F 00"] }))).toMatchObject({
			status: "done",
			payment: { status: "failed", amount: 0, reason: /still the one before/ },
		});
	});

	test("is unknown where the terminal's last transaction does not tell", async () => {
		const script: Script = { "0601": [OK, "06 0F 00"], "0620": [OK, "06 0F 00"] };
		expect(await pay(await joined(script))).toMatchObject({ status: "unknown", fault: { code: "PAYMENT_UNKNOWN" } });
	});
});

test("what this program can't do is refused politely, and the payment goes on", async () => {
	const connected = await joined({
		"0601": [OK, "06 D8 00", "04 01 00", "04 0F 09 27 00 04 00 00 00 00 19 95", "06 0F 00"],
	});
	expect((await pay(connected)).payment?.status).toBe("approved");
	expect(connected.answers.slice(0, 3)).toEqual(["848300", "800000", "800000"]);
});

test("a refusal at once is certainly no payment, in the terminal's own reason", async () => {
	expect(await pay(await joined({ "0601": ["84 C3 00"] }))).toEqual({
		status: "failed",
		fault: { code: "PAYMENT_FAILED", detail: "C3 The amount is above the maximum" },
		payment: { status: "declined", amount: 0, reason: "C3 The amount is above the maximum" },
	});
});

test("84 00 is as good as 80 00", async () => {
	const messages = ["04 0F 09 27 00 04 00 00 00 00 19 95", "06 0F 00"];
	expect((await pay(await joined({ "0601": ["84 00 00", ...messages] }))).payment?.status).toBe("approved");
});

test("a status that the sheet does not know is told in the terminal's own words", async () => {
	const connected = await joined({ "0601": [OK, "04 FF 0C FF 06 09 24 07 07 05 48 61 6C 6C 6F", "06 1E 01 6C"] });
	await pay(connected);
	expect(connected.witness.readings).toContainEqual(
		expect.objectContaining({ type: "payment", message: { nl: "Hallo", en: "Hallo" }, mayCancel: false }),
	);
});

test("a terminal that knows no status enquiry is taken to be ready", async () => {
	const connected = await joined({ "0501": ["84 83 00"] });
	expect(connected.witness.conditions.at(-1)).toEqual({ state: "online", serialNumber: "31000042" });
});

test("a terminal that forgets the registration each time is not used, and takes no guess for an answer", async () => {
	const { url } = await scripted({ "0620": ["84 6B 00"] });
	await expect(connect(zvt, url, settings)).rejects.toMatchObject({ code: "TERMINAL_DEFECT", detail: /registration/ });
});

test("a terminal that does not take euro says so, and is not used", async () => {
	const { url } = await scripted({ "0600": ["84 1E 03 6F 08 40"] });
	await expect(connect(zvt, url, settings)).rejects.toMatchObject({ code: "TERMINAL_SETUP_DUE", detail: /currency/ });
});

test("an end of an enquiry that says no status ends the connection, as one that can't be read", async () => {
	const { url } = await scripted({ "0501": [OK, "06 0F 00"] });
	await expect(connect(zvt, url, settings)).rejects.toMatchObject({ code: "DEVICE_GARBLED" });
});

test("a message that is no terminal's ends the connection", async () => {
	const connected = await joined({ "0601": [OK, "F1 F2 00"] });
	await expect(pay(connected)).rejects.toMatchObject({ code: "DEVICE_GARBLED" });
	expect((await connected.link.gone).code).toBe("DEVICE_UNREACHABLE");
});

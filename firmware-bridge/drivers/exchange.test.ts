import { expect, test } from "vitest";
import { DeviceError } from "../fault.ts";
import type { Link } from "../links/link.ts";
import { exchangeOver } from "./exchange.ts";
import { splitWhen } from "./splitter.ts";

const ANSWER_MS = 40;
const QUESTION = Uint8Array.of(0x3f);

/** A device on a link of its own, which does with each message what the test says. */
function deviceThat(takes: (bytes: Uint8Array, send: (...bytes: number[]) => void) => void) {
	let receive: (bytes: Uint8Array) => void = () => undefined;
	let lose: (error: DeviceError) => void = () => undefined;
	const gone = new Promise<DeviceError>((resolve) => {
		lose = resolve;
	});
	const link: Link = {
		gone,
		listen: (listener) => {
			receive = listener;
		},
		write: async (bytes) => takes(bytes, (...answer) => receive(Uint8Array.from(answer))),
		close: async () => undefined,
	};
	const exchange = exchangeOver(
		link,
		splitWhen(() => true),
	);
	return { exchange, lose, send: (...bytes: number[]) => receive(Uint8Array.from(bytes)) };
}

test("questions wait for their turn, and each gets its own answer", async () => {
	const { exchange } = deviceThat(([byte = 0], send) => setTimeout(() => send(byte), 5));
	const answers = [1, 2, 3].map((byte) => exchange.ask(Uint8Array.of(byte), 1000));
	expect(await Promise.all(answers)).toEqual([Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)]);
});

test("an answer that comes too late is not the answer to the next question", async () => {
	let asked = 0;
	const { exchange } = deviceThat((_, send) => {
		asked++;
		if (asked === 1) setTimeout(() => send(1), ANSWER_MS + 20);
		else send(2);
	});
	await expect(exchange.ask(QUESTION, ANSWER_MS)).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
	expect(await exchange.ask(QUESTION, ANSWER_MS)).toEqual(Uint8Array.of(2));
});

test("two answers to one question are none", async () => {
	const { exchange } = deviceThat((_, send) => send(1, 1));
	await expect(exchange.ask(QUESTION, ANSWER_MS)).rejects.toMatchObject({ code: "DEVICE_GARBLED" });
});

test("a device that never stops talking is a fault, not a wait without end", async () => {
	const device = deviceThat(() => undefined);
	const talking = setInterval(() => device.send(1, 2), ANSWER_MS / 8);
	try {
		for (let question = 0; question < 3; question++) {
			await expect(device.exchange.ask(QUESTION, ANSWER_MS)).rejects.toMatchObject({ code: "DEVICE_GARBLED" });
		}
	} finally {
		clearInterval(talking);
	}
});

test("what has no answer is said in its turn", async () => {
	const heard: number[] = [];
	const { exchange } = deviceThat(([byte = 0], send) => {
		heard.push(byte);
		if (byte === 1) setTimeout(() => send(9), 5);
	});
	await Promise.all([exchange.ask(Uint8Array.of(1), 1000), exchange.say(Uint8Array.of(2))]);
	expect(heard).toEqual([1, 2]);
});

test("a link that is lost ends the question with its reason", async () => {
	const { exchange, lose } = deviceThat(() => undefined);
	const answer = exchange.ask(QUESTION, 60_000);
	lose(new DeviceError("DEVICE_UNREACHABLE", "unplugged"));
	await expect(answer).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE", detail: "unplugged" });
});

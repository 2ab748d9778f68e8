import { afterAll, afterEach, describe, expect, test } from "vitest";
import { classic1k, ntag213 } from "../emulators/card.ts";
import { EmulatedReaders } from "../emulators/pcsc.ts";
import type { DeviceError } from "../fault.ts";
import { namesOfReaders, openCards } from "./cards.ts";
import type { CardEvent, CardLink, Tap } from "./link.ts";

const READ_UID = Uint8Array.of(0xff, 0xca, 0x00, 0x00, 0x00);

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const readers = new EmulatedReaders();
const opened: CardLink[] = [];

const open = async (reader: string, tap: Tap = () => undefined): Promise<CardLink> => {
	const link = await openCards({ reader }, tap);
	opened.push(link);
	return link;
};

/** The events of a link, one at a time. */
function eventsOf(link: CardLink): () => Promise<CardEvent> {
	const waiting: ((event: CardEvent) => void)[] = [];
	const events: CardEvent[] = [];
	link.watch((event) => {
		const next = waiting.shift();
		if (next) next(event);
		else events.push(event);
	});
	return () => new Promise((resolve) => (events[0] ? resolve(events.shift() as CardEvent) : waiting.push(resolve)));
}

afterEach(async () => {
	readers.take(0);
	readers.take(1);
	for (const link of opened.splice(0)) {
		// pcscd looks a few times a second only: the next test's card would be this one's to it.
		const isEmpty = () => link.transmit(READ_UID).catch((error: DeviceError) => error.detail);
		await expect.poll(isEmpty, { timeout: 10_000 }).toBe("there is no card on the reader");
		await link.close();
	}
});

afterAll(() => readers.close());

test("without pcscd the fault says what to do, nothing waits, and the readers are there once it is", async () => {
	await expect(open("")).rejects.toMatchObject({ code: "NFC_PCSCD_AWAY", detail: expect.stringContaining("ENOENT") });
	await readers.start();
	expect((await open("")).identity?.model).toBe(readers.names[0]);
});

describe("with pcscd", () => {
	test("two readers read two cards at once, each its own, and what passes is heard", async () => {
		const heard: string[] = [];
		const first = await open("acr122u", (direction, bytes) => heard.push(`${direction} ${hexOf(bytes)}`));
		const second = await open("ACR122U");
		expect([first, second].map(({ identity }) => identity?.model)).toEqual(readers.names);
		const [firstEvent, secondEvent] = [eventsOf(first), eventsOf(second)];
		const tag = ntag213();
		await readers.hold(tag, 0);
		await readers.hold(classic1k(), 1);
		expect(await firstEvent()).toEqual({ kind: "present", atr: tag.atr });
		expect(await secondEvent()).toMatchObject({ kind: "present" });
		expect(hexOf(await second.transmit(READ_UID))).toBe("deadbeef9000");
		expect(hexOf(await first.transmit(READ_UID))).toBe("04a1b2c3d4e5809000");
		expect(heard).toEqual(["out ffca000000", "in 04a1b2c3d4e5809000"]);
		readers.take(0);
		expect(await firstEvent()).toEqual({ kind: "removed" });
		await expect(first.transmit(READ_UID)).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
	});

	test("a reader is found by part of its name and given to one holder, until that one closes it", async () => {
		await expect(open("Omnikey")).rejects.toMatchObject({
			code: "DEVICE_UNREACHABLE",
			detail: expect.stringContaining(readers.names[0]),
		});
		const first = await open("acr122u");
		await open("");
		await expect(open("acr122u")).rejects.toMatchObject({ detail: expect.stringContaining("in use") });
		await first.close();
		expect((await open("acr122u")).identity?.model).toBe(readers.names[0]);
	});

	test("every reader is named, those in use too", async () => {
		await open("acr122u");
		expect(await namesOfReaders()).toEqual(readers.names);
	});

	test("a card that lay on the reader before anyone looked is seen", async () => {
		await readers.hold(ntag213());
		expect(await eventsOf(await open(""))()).toMatchObject({ kind: "present" });
	});

	test("a card that does not answer is a failed APDU, not a wait without end", async () => {
		const link = await open("");
		const event = eventsOf(link);
		const card = ntag213();
		card.misbehave({ isMute: true });
		await readers.hold(card);
		await event();
		await expect(link.transmit(READ_UID)).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
	});
});

test("when pcscd dies every reader is gone, and they are back when it is", async () => {
	const links = [await open(""), await open("")];
	await readers.stop();
	for (const link of links) expect((await link.gone).code).toMatch(/^(DEVICE_UNREACHABLE|NFC_PCSCD_AWAY)$/);
	await expect(open("")).rejects.toMatchObject({ code: "NFC_PCSCD_AWAY" });
	await readers.start();
	const event = eventsOf(await open(""));
	await readers.hold(ntag213());
	expect(await event()).toMatchObject({ kind: "present" });
});

test("a pcscd that is there and answers nobody stops neither timers nor bridge, and is a fault", async () => {
	await readers.stop();
	await readers.start();
	readers.freeze();
	let ticks = 0;
	const ticking = setInterval(() => ticks++, 20);
	await expect(open("")).rejects.toMatchObject({ code: "NFC_PCSCD_AWAY" });
	clearInterval(ticking);
	expect(ticks).toBeGreaterThan(20);
});

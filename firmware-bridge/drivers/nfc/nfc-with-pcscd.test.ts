import { afterAll, beforeAll, expect, test } from "vitest";
import { bankCard, ntag213 } from "../../emulators/card.ts";
import { EmulatedReaders } from "../../emulators/pcsc.ts";
import type { DeviceError } from "../../fault.ts";
import { type Connected, connect } from "../connected.testing.ts";
import { GET_UID } from "./apdu.ts";
import { pcsc } from "./nfc.ts";

const readers = new EmulatedReaders();
let connected: Connected<"cards">;

beforeAll(async () => {
	await readers.start();
	connected = await connect(pcsc, "pcsc://ACR122U", { debounceMs: 0 });
});

afterAll(async () => {
	await connected.link.close();
	await connected.watching;
	await readers.close();
});

const tapped = (uid: string) => connected.witness.untilReading("tag", (tag) => tag.uid === uid && tag.isPresent);
const gone = (uid: string) => connected.witness.untilReading("tag", (tag) => tag.uid === uid && !tag.isPresent);

test("a tag, a bank card and a tag taken away too soon, through the real pcscd", async () => {
	const address = "0315D1011155046B617373616875622E6E6C2F622F3432FE";
	await readers.hold(ntag213({ data: address }));
	expect(await tapped("04a1b2c3d4e580")).toMatchObject({ uri: "https://kassahub.nl/b/42" });
	readers.take();
	await gone("04a1b2c3d4e580");

	const card = bankCard();
	await readers.hold(card);
	await tapped("3d9a1f20");
	expect(card.asked).toEqual(["ffca000000"]);
	readers.take();
	await gone("3d9a1f20");

	const hasty = ntag213({ uid: "04112233445566", data: address });
	hasty.misbehave({ leavesAt: 3 });
	await readers.hold(hasty);
	await expect.poll(() => hasty.asked.length, { timeout: 10_000 }).toBe(3);
	// pcscd looks a few times a second only: a card that is swapped in between is the same one to it.
	const isEmpty = () => connected.link.transmit(GET_UID).catch((error: DeviceError) => error.detail);
	await expect.poll(isEmpty, { timeout: 10_000 }).toBe("there is no card on the reader");
	const calm = ntag213({ uid: "04665544332211", data: address });
	await readers.hold(calm);
	expect(await tapped("04665544332211")).toMatchObject({ uri: "https://kassahub.nl/b/42" });
	expect(connected.witness.readings.some((tag) => tag.type === "tag" && tag.uid === "04112233445566")).toBe(false);
	expect(connected.witness.conditions).toEqual([{ state: "online" }]);
});

import { afterEach, expect, test } from "vitest";
import { pretendNfc } from "../emulators/pretend-nfc.ts";
import { openCards } from "./cards.ts";
import type { CardEvent } from "./link.ts";

const deaf = (): void => undefined;

let nfc: Awaited<ReturnType<typeof pretendNfc>>;

afterEach(() => nfc.close());

test("where the module was never built, the fault says what to install", async () => {
	nfc = await pretendNfc({ isBuilt: false });
	await expect(openCards({ reader: "" }, deaf)).rejects.toMatchObject({
		code: "NFC_NOT_BUILT",
		detail: "Could not locate the bindings file",
	});
});

test("a reader that is pulled out is gone by itself; the other reads on, and it is found again when it is back", async () => {
	nfc = await pretendNfc();
	nfc.order("ACS ACR122U 00 00", "plug");
	nfc.order("HID Omnikey 00 00", "plug");
	const [left, right] = [await openCards({ reader: "acr122u" }, deaf), await openCards({ reader: "omnikey" }, deaf)];
	let hasRightGone = false;
	void right.gone.then(() => {
		hasRightGone = true;
	});
	nfc.order("ACS ACR122U 00 00", "unplug");
	expect(await left.gone).toMatchObject({ code: "DEVICE_UNREACHABLE" });
	await left.close();

	const events: CardEvent[] = [];
	const failed = new Promise<void>((resolve) =>
		right.watch((event) => {
			events.push(event);
			if (event.kind === "unreadable") resolve();
		}),
	);
	nfc.order("HID Omnikey 00 00", "card");
	nfc.order("HID Omnikey 00 00", "card.off");
	nfc.order("HID Omnikey 00 00", "fail");
	await failed;
	expect(events.map(({ kind }) => kind)).toEqual(["present", "removed", "unreadable"]);
	expect(hasRightGone).toBe(false);

	const again = openCards({ reader: "acr122u" }, deaf);
	nfc.order("ACS ACR122U 00 00", "plug");
	expect((await again).identity?.model).toBe("ACS ACR122U 00 00");
});

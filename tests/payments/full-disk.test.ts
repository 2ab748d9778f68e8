import type { BookedPayment } from "@kassahub/contracts/booked-payment.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Health } from "@kassahub/contracts/health.ts";
import { expect, test } from "vitest";
import { EmulatedOpi } from "../../firmware-bridge/emulators/opi.ts";
import { movedCents } from "../../firmware-bridge/emulators/terminal-on-bench.ts";
import { fillDisk, makeRoom, mountSmallDisk, unmount } from "../full-disk.ts";
import { freePort, getJson, nowhere, Shop, until } from "../shop.ts";
import { PinRegister } from "./pin-register.ts";

test("a disk that runs full in the middle of a payment: nobody is told of it before it is in the books, and then it is", {
	timeout: 180_000,
}, async () => {
	const devicePort = await freePort();
	const pin = await new EmulatedOpi({ host: "127.0.0.1", port: devicePort }).listen();
	const settings = { devicePort, answerMs: 1000, settleMs: 300, pollMs: 50 };
	await using shop = await Shop.create({
		cloud: await nowhere(),
		devices: { "pin-1": { driver: "opi", link: pin.url, settings } },
	});
	mountSmallDisk(shop.dataDir);
	try {
		const { httpUrl, mqttUrl, token } = await shop.start();
		const get = <T>(path: string): Promise<T> => getJson<T>(`${httpUrl}/api/v1${path}`, token);
		const register = new PinRegister(await shop.pair("register", "kassa-1"), () => mqttUrl);
		const isOnline = async (): Promise<boolean> =>
			(await get<DeviceState[]>("/devices")).some(({ device, state }) => device === "pin-1" && state === "online");
		await until("the terminal to be online", isOnline, 90_000);

		let isUnderWay = false;
		pin.onMessage(({ name, moment }) => {
			isUnderWay ||= name === "DeviceResponse Output" && moment === "after";
		});
		pin.next({ does: "wait" });
		const request = register.request("pin-1", { type: "pay", amount: 1995 });
		let isTold = false;
		const outcome = register.outcomeOf(request).finally(() => {
			isTold = true;
		});
		await until("the terminal to wait for a card", () => isUnderWay || undefined);
		fillDisk(shop.dataDir);
		pin.presentCard();
		const alerts = async (): Promise<string[]> => (await get<Health>("/health")).alerts.map(({ code }) => code);
		await until("the journal to be full", async () => (await alerts()).includes("JOURNAL_DISK_FULL"));
		expect(isTold).toBe(false);
		expect(await get<BookedPayment>(`/payments/${request.id}`)).toMatchObject({ state: "open" });

		makeRoom(shop.dataDir);
		const { status, amount } = await outcome;
		expect({ status, moved: movedCents(pin.charges) }).toEqual({
			status: status === "approved" ? "approved" : expect.stringMatching(/declined|failed|cancelled/),
			moved: status === "approved" ? 1995 : 0,
		});
		expect(amount).toBe(movedCents(pin.charges));
		await until("the terminal to be online", isOnline, 90_000);
		const next = await register.outcomeOf(register.request("pin-1", { type: "pay", amount: 500 }));
		expect(next).toMatchObject({ status: "approved", amount: 500 });
		await register.close();
	} finally {
		await shop.stop();
		unmount(shop.dataDir);
		await pin.close();
	}
});

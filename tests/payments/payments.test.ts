import type { Alert } from "@kassahub/contracts/alert.ts";
import type { BookedPayment } from "@kassahub/contracts/booked-payment.ts";
import { command } from "@kassahub/contracts/command.ts";
import type { DeviceConfig } from "@kassahub/contracts/config.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Health } from "@kassahub/contracts/health.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { type Result, result } from "@kassahub/contracts/result.ts";
import mqtt from "mqtt";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";
import { startPrinter } from "../../firmware-bridge/emulators/escpos.ts";
import { EmulatedOpi } from "../../firmware-bridge/emulators/opi.ts";
import { paperText } from "../../firmware-bridge/emulators/paper.ts";
import { movedCents } from "../../firmware-bridge/emulators/terminal-on-bench.ts";
import { startZvtOnTcp } from "../../firmware-bridge/emulators/zvt-on-bench.ts";
import { bearer, freePort, getJson, nowhere, Shop, until } from "../shop.ts";
import { type Asked, PinRegister } from "./pin-register.ts";
import { protocols } from "./protocols.ts";
import { Scene, victims } from "./scene.ts";

/** A real shop with these devices, all of them online, and two registers. */
async function openShop(devices: Record<string, DeviceConfig>) {
	const shop = await Shop.create({ cloud: await nowhere(), devices });
	const { httpUrl, mqttUrl, token } = await shop.start();
	const get = <T>(path: string): Promise<T> => getJson<T>(`${httpUrl}/api/v1${path}`, token);
	const paired = await Promise.all(["kassa-1", "kassa-2"].map((name) => shop.pair("register", name)));
	const [register, other] = paired.map((credentials) => new PinRegister(credentials, () => mqttUrl));
	if (!register || !other) throw new Error("no registers");
	const areOnline = async (): Promise<boolean> => {
		const states = await get<DeviceState[]>("/devices");
		return Object.keys(devices).every((name) =>
			states.some(({ device, state }) => device === name && state === "online"),
		);
	};
	await until("every device to be online", areOnline, 90_000);
	return {
		shop,
		register,
		other,
		get,
		post: (path: string, body: object) =>
			fetch(`${httpUrl}/api/v1${path}`, {
				method: "POST",
				headers: { ...bearer(token), "content-type": "application/json" },
				body: JSON.stringify(body),
			}),
		async [Symbol.asyncDispose]() {
			await Promise.all([register.close(), other.close()]);
			await shop[Symbol.asyncDispose]();
		},
	};
}

test("a day at the pin terminal: what is paid, declined, stopped, paid back and undone, until both totals are the same", {
	timeout: 180_000,
}, async () => {
	const [pin, printer] = await Promise.all([startZvtOnTcp(), startPrinter({ port: 0 })]);
	await using opened = await openShop({
		"pin-1": { driver: "zvt", link: pin.url, settings: { waitMs: 50 } },
		bonprinter: { driver: "escpos", link: `tcp://127.0.0.1:${printer.port}` },
	});
	const { shop, register, other, get } = opened;
	const ask = (asked: Asked, from = register) => from.outcomeOf(from.request("pin-1", asked));

	const paid = await ask({ type: "pay", amount: 1995 });
	expect(paid).toMatchObject({
		status: "approved",
		amount: 1995,
		by: "terminal",
		card: { pan: expect.stringMatching(/^\*+/) },
	});
	const [first] =
		paid.receipts?.find((receipt) => receipt.for === "customer")?.lines.filter((line) => line.trim()) ?? [];
	await until("the customer's receipt", () =>
		printer.papers.some((paper) => paperText(paper).includes(first?.trim() ?? "?")),
	);

	pin.next({ does: "decline" });
	expect(await ask({ type: "pay", amount: 500 })).toMatchObject({
		status: "declined",
		fault: { code: "PAYMENT_DECLINED" },
	});

	pin.next({ does: "wait" });
	const waiting = register.request("pin-1", { type: "pay", amount: 700 });
	const waited = register.outcomeOf(waiting);
	await until("the payment to be under way", () =>
		get<BookedPayment>(`/payments/${waiting.id}`).catch(() => undefined),
	);
	expect(await ask({ type: "pay", amount: 800 }, other)).toMatchObject({
		status: "failed",
		fault: { code: "TERMINAL_BUSY" },
	});
	expect(await get<BookedPayment[]>("/payments?terminal=pin-1")).toMatchObject([{ id: waiting.id, state: "open" }]);
	// A sensor that was given the terminal's name has no say in money.
	const liar = await mqtt.connectAsync(shop.running.mqttUrl, { ...(await shop.pair("sensor", "pin-1")) });
	const lie: Result = {
		...{ id: waiting.id, device: "pin-1", action: "pay", status: "done", at: new Date().toISOString() },
		payment: { status: "approved", amount: 700 },
	};
	await liar.publishAsync(topicOf(result, { device: "pin-1" }), JSON.stringify(lie), { qos: 1 });
	await liar.endAsync();
	// The terminal may not heed it while it is still asking for the card.
	let isOver = false;
	void waited.then(() => {
		isOver = true;
	});
	while (!isOver) await other.ask(other.request("pin-1", { type: "cancel", payment: waiting.id }));
	expect(await waited).toMatchObject({ status: "cancelled", fault: { code: "PAYMENT_CANCELLED" } });

	expect(await ask({ type: "refund", amount: 300 })).toMatchObject({ status: "approved", amount: 300 });
	const last = await ask({ type: "pay", amount: 450 });
	expect(await ask({ type: "reverse", payment: paid.payment })).toMatchObject({
		fault: { code: "REVERSAL_IMPOSSIBLE" },
	});
	expect(await ask({ type: "reverse", payment: last.payment })).toMatchObject({ status: "approved", amount: 450 });
	expect(await ask({ type: "reverse", payment: last.payment })).toMatchObject({
		fault: { code: "REVERSAL_IMPOSSIBLE" },
	});
	const nowhereToPay = other.request("pin-9", { type: "pay", amount: 1 });
	expect(await other.outcomeOf(nowhereToPay)).toMatchObject({ status: "failed", fault: { code: "TERMINAL_UNKNOWN" } });

	const { mqttUrl } = shop.running;
	const technician = await mqtt.connectAsync(mqttUrl, { ...(await shop.pair("technician", "monteur")) });
	const stolen = { id: uuidv7(), at: new Date().toISOString(), action: "pay", amount: 99_999 };
	await technician.publishAsync(topicOf(command, { device: "pin-1" }), JSON.stringify(stolen), { qos: 1 });
	await technician.endAsync();

	expect(movedCents(pin.charges)).toBe(1695);
	const closed = await ask({ type: "end-of-day" });
	expect(closed).toMatchObject({
		status: "approved",
		totals: { terminal: { amount: 1695 }, journal: { amount: 1695 } },
	});
	expect((await get<Health>("/health")).alerts.map(({ code }) => code)).toEqual([]);
	expect(await get<BookedPayment[]>("/payments")).toEqual([]);
	await shop.cli("journal", "verify");
	await printer.close();
	await pin.close();
});

test("a payment that nobody can find out blocks its terminal, is told to the cashier, and settled by a person", {
	timeout: 180_000,
}, async () => {
	const devicePort = await freePort();
	const pin = await new EmulatedOpi({ host: "127.0.0.1", port: devicePort }).listen();
	await using opened = await openShop({
		"pin-1": {
			driver: "opi",
			link: pin.url,
			settings: { devicePort, recovery: "none", answerMs: 1000, settleMs: 100 },
		},
	});
	const { register, other, get, post } = opened;
	pin.onMessage(({ name, moment }) => {
		if (name !== "CardServiceResponse CardPayment" || moment !== "before") return;
		pin.cutLink();
		setImmediate(() => void pin.restoreLink());
	});
	const request = register.request("pin-1", { type: "pay", amount: 1995 });
	expect(await register.outcomeOf(request)).toMatchObject({ status: "unknown", fault: { code: "PAYMENT_UNKNOWN" } });
	pin.onMessage(undefined);
	const alerts = async (): Promise<Alert[]> => (await get<Health>("/health")).alerts as Alert[];
	const isUnknown = ({ code, subject, severity }: Alert): boolean =>
		code === "PAYMENT_UNKNOWN" && subject === "payments:pin-1" && severity === "critical";
	expect((await alerts()).find(isUnknown)?.detail).toContain(request.id);

	const blocked = other.request("pin-1", { type: "pay", amount: 500 });
	expect(await other.outcomeOf(blocked)).toMatchObject({ status: "failed", fault: { code: "TERMINAL_BLOCKED" } });
	const settled = register.outcomeOf(request, false);
	const settle = {
		...register.request("pin-1", { type: "settle", payment: request.id, outcome: "approved", reason: "bon 17" }),
	};
	expect((await post("/payments", settle)).status).toBe(201);
	expect(await settled).toMatchObject({ status: "approved", amount: 1995, by: "person" });
	expect(await get<BookedPayment>(`/payments/${request.id}`)).toMatchObject({ state: "approved" });
	await until("the alert to clear", async () => !(await alerts()).some(isUnknown));
	await until("the terminal to be back", async () =>
		(await get<DeviceState[]>("/devices")).some(({ device, state }) => device === "pin-1" && state === "online"),
	);
	const next = other.request("pin-1", { type: "pay", amount: 500 });
	expect(await other.outcomeOf(next)).toMatchObject({ status: "approved", amount: 500 });
	expect(movedCents(pin.charges)).toBe(2495);
	await pin.close();
});

test("whoever is struck down when the money has moved and nobody knows: no charge twice, none unbooked, none in doubt", {
	timeout: 180_000,
}, async () => {
	const [zvt] = protocols;
	if (!zvt) throw new Error("no protocol");
	await using scene = await Scene.open(zvt);
	const at = (await scene.moments()).find(({ name, moment }) => name.startsWith("06 0F") && moment === "before");
	if (!at) throw new Error("this payment is never completed");
	for (const victim of victims) {
		const { status, wasUnknown, struckAt } = await scene.pay({ victim, at });
		expect([victim, struckAt?.name, status, wasUnknown]).toEqual([victim, at.name, "approved", false]);
		await scene.checkUsable();
	}
	await scene.close();
});

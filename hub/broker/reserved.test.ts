import { booking } from "@kassahub/contracts/booking.ts";
import { Command, command } from "@kassahub/contracts/command.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { reading } from "@kassahub/contracts/reading.ts";
import { result } from "@kassahub/contracts/result.ts";
import fc from "fast-check";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";
import type { Heard } from "./broker.ts";
import { isReserved } from "./reserved.ts";
import { login, openShop, PaperBooks, publication, subscribe } from "./wire.testing.ts";

const pin = topicOf(command, { device: "pin-1" });
const pay = { id: uuidv7(), at: "2026-11-23T10:15:00.000+01:00", action: "pay", amount: 1995 };
const bytes = (text: string): Uint8Array => Buffer.from(text);
const answer = { ...result.example, device: "pin-1", action: "pay" };

test.each(["register", "technician"] as const)(
	"a paired %s can't have a terminal paid, however it writes that",
	async (kind) => {
		await using shop = await openShop(new PaperBooks());
		const { client: bridge } = await login(shop.port, shop.accounts.addInternal("bridge", "bridge"));
		await subscribe(bridge, "kassahub/devices/+/commands");
		const { client } = await login(shop.port, await shop.accounts.pair(kind, "voor"));
		const attempts = [
			...["pay", "refund", "reverse", "cancel", "end-of-day"].map((action) => ({ ...pay, action })),
			`{"action":"open-drawer","\\u0061ction":"pay","amount":1995}`,
			`\ufeff${JSON.stringify(pay)}`,
			`{"action":"pay"`,
			[pay],
			{ ...pay, action: ["pay"] },
		];
		for (const attempt of attempts) {
			client.send(publication(pin, attempt));
			expect((await client.next("puback"))?.messageId).toBe(1);
		}
		client.send(publication(pin, command.example));
		expect(JSON.parse(String((await bridge.next("publish"))?.payload))).toEqual(command.example);
		expect(await bridge.untilPing("publish")).toEqual([]);
		expect(client.socket.destroyed).toBe(false);
	},
);

test("a last will pays nothing either", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client: bridge } = await login(shop.port, shop.accounts.addInternal("bridge", "bridge"));
	await subscribe(bridge, "kassahub/devices/+/commands");
	const will = { topic: pin, payload: Buffer.from(JSON.stringify(pay)), qos: 1, retain: false } as const;
	const { client } = await login(shop.port, { ...(await shop.accounts.pair("register", "voor")), will });
	const { client: witness } = await login(shop.port, await shop.accounts.pair("technician", "jan"));
	client.socket.destroy();
	await client.closed;
	witness.send(publication(pin, command.example));
	expect(JSON.parse(String((await bridge.next("publish"))?.payload))).toEqual(command.example);
	expect(await bridge.untilPing("publish")).toEqual([]);
});

test("the hub itself may have a terminal paid", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client: bridge } = await login(shop.port, shop.accounts.addInternal("bridge", "bridge"));
	await subscribe(bridge, pin);
	shop.broker.publish(command, { device: "pin-1" }, pay);
	expect(JSON.parse(String((await bridge.next("publish"))?.payload))).toEqual(pay);
});

test("every command of the contract is either open or reserved, and garbage never slips through", () => {
	const reserved = Command.anyOf
		.map(({ properties }) => properties.action.const)
		.filter((action) => isReserved(command, bytes(JSON.stringify({ action }))));
	expect(reserved).toEqual(["pay", "refund", "reverse", "cancel", "end-of-day"]);
	expect(isReserved(reading, bytes("{"))).toBe(false);
	fc.assert(
		fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
			if (!isReserved(command, bytes(text))) expect(reserved).not.toContain(JSON.parse(text).action);
		}),
	);
});

test("a result that the hub holds on to is told to nobody, and not acknowledged, before its work is done", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client: register } = await login(shop.port, await shop.accounts.pair("register", "kassa-1"));
	await subscribe(register, topicOf(result, { device: "pin-1" }), topicOf(booking, { register: "kassa-1" }));
	const { client: bridge } = await login(shop.port, shop.accounts.addInternal("bridge", "bridge"));
	const work = Promise.withResolvers<void>();
	const heard = new Promise<Heard>((resolve) => shop.broker.on("message", resolve));
	shop.broker.on("message", ({ holdFor }) => holdFor(work.promise));
	bridge.send(publication(topicOf(result, { device: "pin-1" }), answer));
	expect((await heard).value).toEqual(answer);
	expect(await bridge.untilPing("puback")).toEqual([]);
	expect(await register.untilPing("publish")).toEqual([]);
	work.resolve();
	expect((await bridge.next("puback"))?.messageId).toBe(1);
	expect(JSON.parse(String((await register.next("publish"))?.payload))).toEqual(answer);
});

test("where that work fails the result is not acknowledged: its sender is cut and has to send it again", async () => {
	await using shop = await openShop(new PaperBooks());
	const { client: bridge } = await login(shop.port, shop.accounts.addInternal("bridge", "bridge"));
	shop.broker.on("message", ({ holdFor }) => holdFor(Promise.reject(new Error("the journal is away"))));
	bridge.send(publication(topicOf(result, { device: "pin-1" }), answer));
	await bridge.closed;
	expect(await bridge.next("puback")).toBeUndefined();
});

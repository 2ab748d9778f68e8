import { Alert } from "@kassahub/contracts/alert.ts";
import { errors } from "@kassahub/contracts/errors.ts";
import { Compile } from "typebox/compile";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Alerts } from "./alerts.ts";
import { signInAs } from "./api/sign-in.testing.ts";
import { openTryShop, type TryShop } from "./api/try-shop.ts";
import { openClock } from "./clock.ts";

const isAlert = Compile(Alert);
let told: Alert[];
let nowMs: number;
let alerts: Alerts;
beforeEach(() => {
	told = [];
	nowMs = 0;
	const clock = openClock({ fixedMs: Date.parse("2026-11-23T09:00:00Z") });
	alerts = new Alerts(
		(_message, _levels, value) => told.push(value as Alert),
		clock,
		() => nowMs,
	);
});

test("an alert names severity, since and remedy in both languages, and is raised once, however often it is said", () => {
	for (let times = 0; times < 3; times++) alerts.raise("PRINTER_PAPER_OUT", "device:bonprinter", "warning");
	expect(told).toHaveLength(1);
	expect([...isAlert.Errors(told[0])]).toEqual([]);
	const { remedyNl: nl, remedyEn: en } = errors.PRINTER_PAPER_OUT;
	expect(told[0]).toMatchObject({ severity: "warning", since: expect.any(String), remedy: { nl, en } });
});

test("what was cleared is kept for a day with when, and no longer", () => {
	alerts.raise("DISK_LOW", "box", "warning");
	alerts.clear("box");
	expect(alerts.list()).toEqual([]);
	expect(alerts.cleared()).toMatchObject([{ code: "DISK_LOW", state: "cleared", clearedAt: expect.any(String) }]);
	expect([...isAlert.Errors(alerts.cleared()[0])]).toEqual([]);
	nowMs += 86_400_000;
	expect(alerts.cleared()).toEqual([]);
});

test("a flood of alerts fills no memory", () => {
	for (let number = 0; number < 2000; number++) {
		alerts.raise("DEVICE_UNREACHABLE", `device:d-${number}`, "warning");
		alerts.clear(`device:d-${number}`);
	}
	expect(alerts.cleared()).toHaveLength(500);
	expect(alerts.cleared()[0]?.subject).toBe("device:d-1999");
});

test("the first who acknowledges an alert is kept; one that comes back wants it anew", () => {
	alerts.raise("DISK_LOW", "box", "warning");
	const id = alerts.list()[0]?.id as string;
	expect(alerts.acknowledge(id, "person:anja")).toMatchObject({ isFirst: true });
	expect(alerts.acknowledge(id, "person:bob")).toMatchObject({
		isFirst: false,
		alert: { acknowledgedBy: "person:anja" },
	});
	expect(told.at(-1)).toMatchObject({ state: "raised", acknowledgedBy: "person:anja" });
	alerts.clear("box");
	alerts.raise("DISK_LOW", "box", "warning");
	expect(alerts.list()[0]?.acknowledgedBy).toBeUndefined();
	expect(alerts.acknowledge(id, "person:anja")).toBeUndefined();
});

let shop: TryShop | undefined;
afterEach(async () => {
	await shop?.[Symbol.asyncDispose]();
	shop = undefined;
});

test("a person acknowledges over REST, which the journal keeps, and sees what was cleared", async () => {
	shop = await openTryShop();
	shop.alerts.raise("DISK_LOW", "box", "warning", "900 MiB free");
	const id = shop.alerts.list()[0]?.id;
	const headers = await signInAs(shop, "manager");
	const post = () => shop?.app.inject({ method: "POST", url: `/api/v1/alerts/${id}/acknowledge`, headers });
	expect((await post())?.json()).toMatchObject({ acknowledgedBy: expect.stringMatching(/^person:/) });
	await post();
	const list = async (query: string) => (await shop?.ask("register", "GET", `/alerts${query}`))?.json() as Alert[];
	expect(await list("")).toMatchObject([
		{ code: "DISK_LOW", detail: "900 MiB free", acknowledgedAt: expect.any(String) },
	]);
	shop.alerts.clear("box");
	expect(await list("")).toEqual([]);
	expect(await list("?state=all")).toMatchObject([{ code: "DISK_LOW", state: "cleared" }]);
	expect((await post())?.statusCode).toBe(404);
	const kept = (await shop.books.entries(0, 100)).filter(
		({ payload }) => (payload as { action?: string }).action === "alert-acknowledged",
	);
	expect(kept).toMatchObject([{ payload: { about: "DISK_LOW", detail: "box" } }]);
});

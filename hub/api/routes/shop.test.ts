import { cashMovement } from "@kassahub/contracts/cash-movement.ts";
import type { Command } from "@kassahub/contracts/command.ts";
import { Credentials } from "@kassahub/contracts/credentials.ts";
import { Drawer } from "@kassahub/contracts/drawer.ts";
import { Health } from "@kassahub/contracts/health.ts";
import { productExample } from "@kassahub/contracts/product.ts";
import { QuarantineItem } from "@kassahub/contracts/quarantine-item.ts";
import { relayState } from "@kassahub/contracts/relay-state.ts";
import { Shop } from "@kassahub/contracts/shop.ts";
import { StockLevel } from "@kassahub/contracts/stock-level.ts";
import { Turnover } from "@kassahub/contracts/turnover.ts";
import { type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, freshSale, openTryShop, type TryShop } from "../try-shop.ts";

let shop: TryShop;
beforeAll(async () => {
	shop = await openTryShop();
});
afterAll(() => shop[Symbol.asyncDispose]());

/** The body of an answer, held against the contract it should follow. */
function bodyOf(answer: Answer, schema: TSchema) {
	expect([...Compile(schema).Errors(answer.json())]).toEqual([]);
	expect(answer.statusCode).toBeLessThan(300);
	return answer.json();
}

test("a product, its stock, a sale and the float show where they should", async () => {
	const { sku } = productExample;
	expect((await shop.ask("technician", "PUT", `/catalogue/products/${sku}`, productExample)).statusCode).toBe(201);
	expect((await shop.ask("technician", "PUT", `/catalogue/products/${sku}`, productExample)).statusCode).toBe(200);
	const received = { id: uuidv7(), at: "2026-11-23T09:05:00.000+01:00", sku, type: "receive", quantity: 12_000 };
	await shop.ask("register", "POST", "/stock/movements", received);
	const float = { ...cashMovement.example, id: uuidv7() };
	expect((await shop.ask("register", "POST", "/cash", float)).statusCode).toBe(201);
	const booking = (await shop.ask("register", "POST", "/sales", freshSale())).json();

	expect(booking.flags).toEqual([]);
	const level = bodyOf(await shop.ask("sensor", "GET", `/stock/${sku}`), StockLevel);
	expect(level.here.quantity).toBe(10_750);
	expect(bodyOf(await shop.ask("register", "GET", "/stock"), Type.Array(StockLevel))).toEqual([level]);
	const [drawer] = bodyOf(await shop.ask("register", "GET", "/drawers"), Type.Array(Drawer));
	expect(drawer).toMatchObject({ register: "kassa-1", expected: 15_375 });
	const turnover = bodyOf(await shop.ask("register", "GET", "/turnover?day=2026-11-23"), Turnover);
	expect(turnover).toMatchObject({ sales: 1, total: 374, byGroup: [{ group: "groente-fruit", total: 374 }] });
	const catalogue = (await shop.ask("register", "GET", "/catalogue")).json();
	expect(catalogue.products).toEqual([productExample]);
	const since = await shop.ask("register", "GET", `/catalogue?since=${catalogue.version}`);
	expect(since.json()).toEqual({ version: catalogue.version, products: [] });
});

describe("a product", () => {
	test("under another number than the path's is refused", async () => {
		const answer = await shop.ask("technician", "PUT", "/catalogue/products/9999", productExample);
		expect(answer.json()).toMatchObject({ status: 400, reasons: [{ field: "/sku", remedy: "Send 9999" }] });
	});

	test("with wrong fields is refused with each of them, and not kept", async () => {
		const before = (await shop.ask("technician", "GET", "/quarantine")).json();
		const wrong = { ...productExample, unitPrice: 2.99, colour: "red", name: undefined };
		const answer = await shop.ask("technician", "PUT", "/catalogue/products/4002", wrong);
		expect(answer.statusCode).toBe(400);
		const fields = answer.json().reasons.map((reason: { field: string }) => reason.field);
		expect(fields.sort()).toEqual(["/colour", "/name", "/unitPrice"]);
		expect((await shop.ask("technician", "GET", "/quarantine")).json()).toEqual(before);
	});
});

describe("import over REST", () => {
	const csv =
		'sku,name,group,unit,price,vatRate,stock\n4711,Appeltaart,gebak,pcs,"3,95",9,4\n4712,Fout,gebak,pcs,x,9,1\n';
	const post = (path: string, type = "text/csv") => shop.ask("technician", "POST", path, csv, { "content-type": type });

	test("takes the good lines and names the others", async () => {
		const report = (await post("/catalogue/import?stock=true")).json();
		expect(report).toMatchObject({ changed: 1, unchanged: 0, counted: 1, faults: [{ line: 3, field: "price" }] });
		expect((await shop.ask("technician", "GET", "/stock/4711")).json().here.quantity).toBe(4000);
		expect((await post("/catalogue/import")).json()).toMatchObject({ changed: 0, unchanged: 1, counted: 0 });
	});

	test("of something else than CSV says what to send", async () => {
		expect((await post("/catalogue/import", "text/plain")).json().code).toBe("MEDIA_TYPE_UNSUPPORTED");
		const empty = await shop.ask("technician", "POST", "/catalogue/import", "a,b\n", { "content-type": "text/csv" });
		expect(empty.json()).toMatchObject({ status: 400, code: "CSV_INVALID" });
	});
});

describe("a command", () => {
	test("goes out whole, and its result comes back where it is waited for", async () => {
		const answering = shop.ask("register", "POST", "/devices/weegschaal/commands?wait=5000", { action: "zero" });
		await expect.poll(() => shop.commanded.at(-1)?.device).toBe("weegschaal");
		const command = shop.commanded.at(-1)?.value as Command;
		expect(Date.parse(command.expiresAt ?? "") - Date.parse(command.at)).toBe(60_000);
		const at = command.at;
		shop.devices.heardResult({ id: command.id, device: "weegschaal", action: "zero", status: "done", at });
		expect((await answering).json()).toMatchObject({ id: command.id, status: "done" });
	});

	test("without waiting is accepted under its id", async () => {
		const id = uuidv7();
		const answer = await shop.ask("register", "POST", "/devices/bonprinter/commands", { id, action: "open-drawer" });
		expect([answer.statusCode, answer.json()]).toEqual([202, { id }]);
		expect(shop.commanded.at(-1)).toMatchObject({ device: "bonprinter", value: { id, action: "open-drawer" } });
	});

	test("for a device nobody knows is refused", async () => {
		const answer = await shop.ask("register", "POST", "/devices/koffie/commands", { action: "zero" });
		expect([answer.statusCode, answer.json().code]).toEqual([404, "DEVICE_UNKNOWN"]);
	});

	test.for([
		[{ action: "dance" }, "/action"],
		[{}, "/action"],
		[[], "/action"],
		[{ action: "tare", grams: 0 }, "/grams"],
		[{ action: "zero", force: true }, "/force"],
		[{ action: "zero", at: "now" }, "/at"],
	] as const)("%j is refused by its field", async ([body, field]) => {
		const before = shop.commanded.length;
		const answer = await shop.ask("register", "POST", "/devices/weegschaal/commands", body);
		expect(answer.statusCode).toBe(400);
		expect(answer.json().reasons.map((reason: { field: string }) => reason.field)).toEqual([field]);
		expect(shop.commanded).toHaveLength(before);
	});
});

describe("quarantine", () => {
	test("holds what came, and a repaired replay books it", async () => {
		const sale = freshSale();
		const { quarantine } = (await shop.ask("register", "POST", "/sales", { ...sale, total: 1 })).json();
		const items = bodyOf(await shop.ask("technician", "GET", "/quarantine"), Type.Array(QuarantineItem));
		expect(items[0]).toMatchObject({ number: quarantine, id: sale.id, resolvedAt: null });
		const path = `/quarantine/${quarantine}/replay`;
		expect((await shop.ask("technician", "POST", path, {})).json()).toMatchObject({ status: 422, quarantine });
		expect((await shop.ask("technician", "POST", path, { payload: sale })).json()).toMatchObject({ id: sale.id });
		expect((await shop.ask("technician", "GET", `/sales/${sale.id}`)).statusCode).toBe(200);
	});

	test("has no number that was never given", async () => {
		expect((await shop.ask("technician", "POST", "/quarantine/999/replay", {})).json().code).toBe("NOT_FOUND");
	});
});

describe("pairing", () => {
	test("hands out credentials that work, and ends", async () => {
		const answer = await shop.ask("technician", "POST", "/pairings", { kind: "register", name: "kassa-5" });
		expect(answer.headers["cache-control"]).toBe("no-store");
		const { token } = bodyOf(answer, Credentials);
		const headers = { authorization: `Bearer ${token}` };
		expect((await shop.app.inject({ url: "/api/v1/shop", headers })).statusCode).toBe(200);
		const paired = (await shop.ask("technician", "GET", "/pairings")).json();
		expect(paired).toContainEqual({ name: "kassa-5", kind: "register", pairedAt: expect.any(String) });
		expect(JSON.stringify(paired)).not.toContain("scrypt");
		expect((await shop.ask("technician", "DELETE", "/pairings/kassa-5")).statusCode).toBe(204);
		expect((await shop.ask("technician", "DELETE", "/pairings/kassa-5")).statusCode).toBe(404);
	});

	test.for([
		[{ kind: "technician", name: "kassa-1" }, 409, "PAIRING_NAME_TAKEN"],
		[{ kind: "register", name: "relay" }, 409, "PAIRING_NAME_TAKEN"],
		[{ kind: "register", name: "Kassa 1" }, 400, "FIELD_INVALID"],
		[{ kind: "bridge", name: "kassa-6" }, 400, "FIELD_INVALID"],
	] as const)("of %j is refused", async ([body, status, code]) => {
		const answer = await shop.ask("technician", "POST", "/pairings", body);
		expect(answer.json()).toMatchObject({ status, code, remedy: expect.stringMatching(/./) });
	});
});

describe("the shop", () => {
	test("shows a register the devices that serve it, and a technician all", async () => {
		const own = bodyOf(await shop.ask("register", "GET", "/shop"), Shop);
		expect(own.printers).toEqual([{ device: "bonprinter", registers: null, receipts: "always" }]);
		expect(own.scales).toEqual([{ device: "weegschaal", registers: ["kassa-1"] }]);
		expect(own.terminals).toEqual([]);
		const { token } = await shop.accounts.pair("register", "kassa-2");
		const headers = { authorization: `Bearer ${token}` };
		expect((await shop.app.inject({ url: "/api/v1/shop", headers })).json().scales).toEqual([]);
		expect((await shop.ask("technician", "GET", "/shop")).json().scales).toHaveLength(1);
	});

	test("says how the relay is, once it was heard of", async () => {
		expect((await shop.ask("register", "GET", "/relay")).json()).toEqual(relayState.example);
		shop.relay.heard = undefined;
		expect((await shop.ask("register", "GET", "/relay")).statusCode).toBe(404);
	});

	test("wants attention while an alert is raised", async () => {
		expect(bodyOf(await shop.ask("relay", "GET", "/health"), Health).status).toBe("ok");
		shop.alerts.raise("RELAY_WAITING", "relay", "warning");
		const health = bodyOf(await shop.ask("relay", "GET", "/health"), Health);
		expect(health).toMatchObject({ status: "attention", box: shop.books.box, alerts: [{ code: "RELAY_WAITING" }] });
		shop.alerts.clear("relay");
	});
});

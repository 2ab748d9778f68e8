import { afterEach, beforeEach, expect, test } from "vitest";
import { openTryShop, type TryShop } from "../try-shop.ts";

let shop: TryShop;
beforeEach(async () => {
	shop = await openTryShop();
});
afterEach(() => shop[Symbol.asyncDispose]());

const pair = (code: string, remoteAddress = "10.0.0.9") =>
	shop.app.inject({ method: "POST", url: "/api/v1/pair", payload: { code }, remoteAddress });

test("a code from the console pairs a tablet, which nobody had to know before", async () => {
	const made = await shop.ask("technician", "POST", "/pairing-codes", { kind: "register", name: "kassa-7" });
	expect([made.statusCode, made.json()]).toEqual([201, expect.objectContaining({ kind: "register", name: "kassa-7" })]);
	const paired = await pair(made.json().code);
	const headers = { authorization: `Bearer ${paired.json().token}` };
	expect((await shop.app.inject({ url: "/api/v1/health", headers })).statusCode).toBe(200);
	expect((await pair(made.json().code)).json().code).toBe("PAIRING_CODE_WRONG");
});

test("a code is not made for a name that could not be paired", async () => {
	const taken = await shop.ask("technician", "POST", "/pairing-codes", { kind: "sensor", name: "kassa-1" });
	expect([taken.statusCode, taken.json().code]).toEqual([409, "PAIRING_NAME_TAKEN"]);
});

test("who guesses codes is held off with the time to wait", async () => {
	const answers = [];
	for (let guess = 0; guess < 6; guess++) answers.push((await pair("000000")).statusCode);
	expect(answers).toEqual([401, 401, 401, 401, 429, 429]);
	expect((await pair("000000", "10.0.0.10")).statusCode).toBe(401);
});

test("every pairing ends at once but that of who asks, and the tokens with them", async () => {
	expect((await shop.ask("technician", "DELETE", "/pairings")).statusCode).toBe(400);
	const ended = await shop.ask("technician", "DELETE", "/pairings?all=true");
	expect(ended.json().sort()).toEqual(["kassa-1", "schap-1"]);
	expect((await shop.ask("register", "GET", "/health")).statusCode).toBe(401);
	expect((await shop.ask("technician", "GET", "/pairings")).json()).toHaveLength(1);
});

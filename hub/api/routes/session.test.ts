import type { AuditEntry } from "@kassahub/contracts/audit.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTryShop, PLAIN, type TryShop } from "../try-shop.ts";

const PASSPHRASE = "een kaas per dag houdt de dokter weg";
let shop: TryShop;
beforeEach(async () => {
	shop = await openTryShop();
	await shop.people.put({ name: "anja", title: "Anja", role: "owner" });
	await shop.people.put({ name: "bram", title: "Bram", role: "cashier" });
	await shop.people.setSecret("anja", "passphrase", PASSPHRASE);
	await shop.people.setSecret("bram", "pin", "4711");
});
afterEach(() => shop[Symbol.asyncDispose]());

const signIn = (passphrase = PASSPHRASE, headers: Record<string, string> = {}, remoteAddress = "10.0.0.9") =>
	shop.app.inject({
		method: "POST",
		url: "/api/v1/session",
		payload: { name: "anja", passphrase },
		headers,
		remoteAddress,
	});

async function cookieOf(): Promise<string> {
	const [cookie] = (await signIn()).cookies;
	return `${cookie?.name}=${cookie?.value}`;
}

const ask = (method: "GET" | "PUT" | "DELETE", url: string, headers: Record<string, string>, payload?: object) =>
	shop.app.inject({ method, url: `/api/v1${url}`, headers, ...(payload ? { payload } : {}) });

const audited = async (): Promise<string[]> => {
	const entries = (await shop.ask("technician", "GET", "/audit")).json() as AuditEntry[];
	return entries.map(({ who, action, about }) => [who, action, about].filter(Boolean).join(" ")).reverse();
};

test("a passphrase signs in on the console, by a cookie that no script and no other site can use", async () => {
	const answer = await signIn();
	expect(answer.json()).toMatchObject({
		name: "anja",
		role: "owner",
		rights: expect.arrayContaining(["change-people"]),
	});
	expect(answer.cookies).toMatchObject([{ httpOnly: true, sameSite: "Strict", secure: true, path: "/" }]);
	const [plain] = (await signIn(PASSPHRASE, { [PLAIN]: "yes" }, "127.0.0.1")).cookies;
	expect(plain?.secure).toBeUndefined();
	const cookie = await cookieOf();
	expect((await ask("GET", "/session", { cookie })).json()).toMatchObject({ name: "anja" });
	expect((await ask("GET", "/people", { cookie })).json()).toHaveLength(2);
	expect(answer.body).not.toContain(answer.cookies[0]?.value);
});

test("another site's page can't act in the name of who is signed in", async () => {
	const cookie = await cookieOf();
	const body = { title: "Indringer", role: "owner" };
	const own = { cookie, "x-kassahub-csrf": "1", host: "kassahub.local:8443" };
	const put = (headers: Record<string, string>) => ask("PUT", "/people/zeger", headers, body);
	expect((await put({ cookie })).statusCode).toBe(403);
	expect((await put({ ...own, origin: "https://evil.example" })).statusCode).toBe(403);
	expect((await put({ ...own, origin: "null" })).statusCode).toBe(403);
	expect(shop.people.get("zeger")).toBeUndefined();
	expect((await put({ ...own, origin: "https://kassahub.local:8443" })).statusCode).toBe(200);
});

test("who is taken away, changed or given a new secret is signed out at once", async () => {
	const changes: (() => Promise<unknown>)[] = [
		() =>
			shop.people
				.setSecret("anja", "passphrase", `${PASSPHRASE}!`)
				.then(() => shop.people.setSecret("anja", "passphrase", PASSPHRASE)),
		() => shop.people.put({ name: "anja", title: "Anja B.", role: "owner" }),
	];
	for (const change of changes) {
		const cookie = await cookieOf();
		expect((await ask("GET", "/session", { cookie })).statusCode).toBe(200);
		await change();
		expect((await ask("GET", "/session", { cookie })).json().code).toBe("SIGN_IN_NEEDED");
	}
});

test("signing out ends the session", async () => {
	const cookie = await cookieOf();
	expect((await ask("DELETE", "/session", { cookie, "x-kassahub-csrf": "1" })).statusCode).toBe(204);
	expect((await ask("GET", "/session", { cookie })).statusCode).toBe(401);
});

test("wrong passphrases are refused, then made to wait, and the audit log names the last and not each", async () => {
	for (let tries = 0; tries < 4; tries++) expect((await signIn("verkeerd")).json().code).toBe("SIGN_IN_WRONG");
	const waiting = await signIn();
	expect([waiting.statusCode, waiting.json().code]).toEqual([429, "SIGN_IN_WAIT"]);
	expect(await audited()).toEqual(["console at 10.0.0.9 sign-in-refused anja"]);
	expect((await signIn(PASSPHRASE, {}, "10.0.0.10")).statusCode).toBe(200);
});

test("a cashier signs in on a register by PIN or badge, one at a time, and the register is told what they may do", async () => {
	const pin = await shop.ask("register", "POST", "/register-session", { name: "bram", pin: "4711" });
	expect(pin.json()).toMatchObject({ name: "bram", role: "cashier" });
	expect(pin.json().rights).toContain("sell");
	expect(pin.json().rights).not.toContain("refund");
	expect((await shop.ask("register", "GET", "/register-session")).json()).toMatchObject({ name: "bram" });
	expect((await shop.ask("register", "DELETE", "/register-session")).statusCode).toBe(204);
	expect((await shop.ask("register", "GET", "/register-session")).statusCode).toBe(204);
	await shop.people.setBadge("bram", "04a1b2c3d4e580");
	const badge = await shop.ask("register", "POST", "/register-session", { badge: "04A1B2C3D4E580" });
	expect(badge.json()).toMatchObject({ name: "bram" });
	expect(await audited()).toEqual([
		"person:bram signed-in kassa-1",
		"person:bram signed-out kassa-1",
		"person:bram signed-in kassa-1",
	]);
});

test("a badge alone lets in no one who could do more than sell", async () => {
	await shop.people.setBadge("anja", "04a1b2c3");
	const answer = await shop.ask("register", "POST", "/register-session", { badge: "04a1b2c3" });
	expect([answer.statusCode, answer.json().code]).toEqual([401, "SIGN_IN_WRONG"]);
});

test("everyone may change their own passphrase; that of others only who may change people", async () => {
	await shop.people.setSecret("bram", "passphrase", PASSPHRASE);
	const payload = { name: "bram", passphrase: PASSPHRASE };
	const [cookie] = (await shop.app.inject({ method: "POST", url: "/api/v1/session", payload })).cookies;
	const headers = { cookie: `${cookie?.name}=${cookie?.value}`, "x-kassahub-csrf": "1" };
	const secret = { secret: "nog een langere zin met kaas" };
	expect((await ask("PUT", "/people/anja/passphrase", headers, secret)).statusCode).toBe(403);
	expect((await ask("PUT", "/people/bram/passphrase", headers, { secret: "te kort" })).statusCode).toBe(400);
	expect((await ask("PUT", "/people/bram/passphrase", headers, secret)).statusCode).toBe(204);
	expect((await ask("GET", "/session", headers)).statusCode).toBe(401);
});

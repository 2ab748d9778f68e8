import { fastify } from "fastify";
import { beforeEach, describe, expect, test } from "vitest";
import { guardAccess } from "./access.ts";
import type { App } from "./app.ts";
import { answerError } from "./problem.ts";

const TOKEN = "a-token-of-the-office-0123456789";

const open = (token: string | undefined): App => {
	const app = fastify() as unknown as App;
	app.setErrorHandler(answerError);
	guardAccess(app, token);
	app.get("/", () => "figures");
	app.get("/healthz", () => "ok");
	return app;
};
const ask = async (app: App, headers: Record<string, string>, url = "/") =>
	(await app.inject({ url, headers })).statusCode;

describe("without a token, on loopback", () => {
	const app = open(undefined);

	test.for(["localhost", "localhost:8090", "127.0.0.1:8090", "[::1]:8090", "LOCALHOST"])(
		"%s is answered",
		async (host) => {
			expect(await ask(app, { host })).toBe(200);
		},
	);

	// DNS rebinding: a page elsewhere lets its own name point here, but the browser still sends that name.
	test.for([
		"evil.example",
		"evil.example:8090",
		"127.0.0.1.evil.example",
		"localhost.evil.example",
		"127.0.0.2",
		"localhost@evil.example",
	])("a page at %s is not", async (host) => {
		expect(await ask(app, { host })).toBe(403);
	});
});

describe("with a token", () => {
	let app: App;
	beforeEach(() => {
		app = open(TOKEN);
	});
	const login = (token: string) =>
		app.inject({
			method: "POST",
			url: "/login",
			headers: { "content-type": "application/x-www-form-urlencoded" },
			payload: new URLSearchParams({ token }).toString(),
		});

	test("a request needs it, but for the health check", async () => {
		expect(await ask(app, {})).toBe(401);
		expect(await ask(app, { authorization: `Bearer ${TOKEN}x` })).toBe(401);
		expect(await ask(app, { authorization: `Bearer ${TOKEN}` })).toBe(200);
		expect(await ask(app, {}, "/healthz")).toBe(200);
	});

	test("a browser is led to the login, and its login lasts without holding the token", async () => {
		expect(await ask(app, { accept: "text/html" })).toBe(302);
		const answer = await login(TOKEN);
		const cookie = String(answer.headers["set-cookie"]);
		expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
		expect(cookie).not.toContain(TOKEN);
		expect(await ask(app, { cookie: `other=1; ${cookie.split(";")[0]}` })).toBe(200);
	});

	test("a wrong token gets no login, and guessing is stopped", async () => {
		expect((await login("wrong")).headers["set-cookie"]).toBeUndefined();
		for (let guess = 0; guess < 40; guess++) await login(`wrong ${guess}`);
		expect((await login(TOKEN)).statusCode).toBe(401);
		expect(await ask(app, { authorization: "Bearer wrong" })).toBe(429);
	});

	test("a cookie that was never given is no login", async () => {
		expect(await ask(app, { cookie: "kassahub-office=" })).toBe(401);
		expect(await ask(app, { cookie: "kassahub-office=abc" })).toBe(401);
	});
});

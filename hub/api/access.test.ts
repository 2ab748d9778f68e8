import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { ClientKind } from "@kassahub/contracts/message.ts";
import { mayDo, roles } from "@kassahub/contracts/role.ts";
import fastify from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { access, guard } from "./access.ts";
import type { App } from "./parts.ts";
import { signInAs } from "./sign-in.testing.ts";
import { openTryShop, type TryShop } from "./try-shop.ts";

const kinds: ClientKind[] = ["register", "sensor", "technician", "bridge", "relay"];
const placeholders: Record<string, string> = {
	id: "019309a0-5a3f-7c11-b6d2-000000000000",
	sku: "none",
	device: "none",
	number: "999",
	name: "nobody",
};

let shop: TryShop;
beforeAll(async () => {
	shop = await openTryShop();
});
afterAll(() => shop[Symbol.asyncDispose]());

describe.for(Object.entries(access))("%s", ([route, { kinds: allowed, right }]) => {
	const [method, path] = route.split(" ") as ["GET" | "POST" | "PUT" | "DELETE", string];
	const url = path.replace(/:(\w+)/g, (_, name: string) => placeholders[name] ?? name);

	test.for(kinds)(`answers a %s as the table says`, async (kind) => {
		const answer = await shop.ask(kind, method, url);
		if (allowed.includes(kind)) expect([401, 403]).not.toContain(answer.statusCode);
		else expect([answer.statusCode, answer.json().code]).toEqual([403, "NOT_ALLOWED"]);
	});

	test.for(roles)(`answers a person who is %s as the table says`, async (role) => {
		const headers = await signInAs(shop, role);
		const answer = await shop.app.inject({ method, url: `/api/v1${url}`, headers });
		const isAllowed = right === "signed-in" || (right !== "nobody" && mayDo(role, right));
		// The secrets of others are a right of their own, which the route itself guards.
		const isOthers = /^PUT \/people\/:name\/(passphrase|pin)$/.test(route) && role !== "owner";
		if (isAllowed && !isOthers) expect([401, 403]).not.toContain(answer.statusCode);
		else if (!isOthers) expect([answer.statusCode, answer.json().code]).toEqual([403, "NOT_ALLOWED"]);
	});

	test.for(["", "Bearer ", "Bearer kassa-1.wrong", "Bearer nobody.x", "Basic a2Fzc2EtMTp4"])(
		"refuses authorization '%s' with a remedy",
		async (authorization) => {
			const headers = authorization ? { authorization } : {};
			const remoteAddress = "10.0.0.9";
			const answer = await shop.app.inject({ method, url: `/api/v1${url}`, headers, remoteAddress });
			expect([401, 429]).toContain(answer.statusCode);
			expect(answer.headers["content-type"]).toContain("application/problem+json");
			expect(answer.json().remedy).not.toBe("");
		},
	);
});

test("a route that the table does not name cannot be registered", async () => {
	const app: App = fastify().withTypeProvider<TypeBoxTypeProvider>();
	guard(
		app,
		async () => undefined,
		() => undefined,
	);
	expect(() => app.get("/api/v1/unguarded", async () => "open")).toThrow("not in the access table");
	await app.close();
});

test("an address that keeps sending wrong tokens is held off, and no other", async () => {
	const guess = (remoteAddress: string) =>
		shop.app.inject({ url: "/api/v1/health", headers: { authorization: "Bearer nobody.guess" }, remoteAddress });
	const codes = [];
	for (let tries = 0; tries < 32; tries++) codes.push((await guess("10.0.0.1")).statusCode);
	expect(codes.slice(0, 30)).toEqual(Array(30).fill(401));
	expect(codes.at(-1)).toBe(429);
	expect((await guess("10.0.0.2")).statusCode).toBe(401);
});

test("a revoked token is refused from the next request on", async () => {
	const { token } = await shop.accounts.pair("register", "kassa-9");
	const headers = { authorization: `Bearer ${token}` };
	expect((await shop.app.inject({ url: "/api/v1/health", headers })).statusCode).toBe(200);
	await shop.ask("technician", "DELETE", "/pairings/kassa-9");
	expect((await shop.app.inject({ url: "/api/v1/health", headers })).statusCode).toBe(401);
});

import { mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { asyncapi } from "@kassahub/contracts/asyncapi.ts";
import { Booking } from "@kassahub/contracts/booking.ts";
import { generate, type Packet, parser } from "mqtt-packet";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { freshSale, openTryShop, type TryShop } from "./try-shop.ts";

let shop: TryShop;
let address: string;
beforeAll(async () => {
	shop = await openTryShop();
	await shop.app.listen({ port: 0, host: "127.0.0.1" });
	address = `127.0.0.1:${(shop.app.server.address() as AddressInfo).port}`;
});
afterAll(() => shop[Symbol.asyncDispose]());

const get = (url: string, headers: Record<string, string> = {}, remoteAddress = "127.0.0.1") =>
	shop.app.inject({ url, headers, remoteAddress });

/** An MQTT conversation over a WebSocket: sends packets, and waits for the next that comes back. */
class Conversation {
	readonly #socket: WebSocket;
	readonly #heard: Packet[] = [];
	#wake: (() => void) | undefined;

	constructor(protocol: string) {
		this.#socket = new WebSocket(`ws://${address}/mqtt`, protocol);
		const reader = parser({ protocolVersion: 4 });
		reader.on("packet", (packet) => {
			this.#heard.push(packet);
			this.#wake?.();
		});
		this.#socket.on("message", (bytes: Buffer) => reader.parse(bytes));
	}

	open(): Promise<string> {
		return new Promise((resolve, reject) => {
			this.#socket.once("open", () => resolve(this.#socket.protocol));
			this.#socket.once("error", reject);
		});
	}

	closed(): Promise<number> {
		return new Promise((resolve) => this.#socket.once("close", resolve));
	}

	send(packet: Packet): void {
		this.#socket.send(generate(packet));
	}

	async next(): Promise<Packet> {
		while (this.#heard.length === 0) {
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
		return this.#heard.shift()!;
	}

	end(): void {
		this.#socket.close();
	}
}

const connect = (password: string): Packet => ({
	cmd: "connect",
	protocolId: "MQTT",
	protocolVersion: 4,
	clean: true,
	keepalive: 30,
	clientId: "kassa-1",
	username: "kassa-1",
	password: Buffer.from(password),
});

describe("MQTT over WebSocket", () => {
	test("books a sale of a paired register", async () => {
		const register = new Conversation("mqtt");
		expect(await register.open()).toBe("mqtt");
		register.send(connect(shop.passwords["kassa-1"]));
		expect(await register.next()).toMatchObject({ cmd: "connack", returnCode: 0 });
		register.send({
			cmd: "subscribe",
			messageId: 1,
			subscriptions: [{ topic: "kassahub/registers/kassa-1/bookings", qos: 1 }],
		});
		expect(await register.next()).toMatchObject({ cmd: "suback", granted: [1] });
		const sale = freshSale();
		register.send({
			cmd: "publish",
			topic: "kassahub/registers/kassa-1/sales",
			payload: JSON.stringify(sale),
			qos: 1,
			messageId: 2,
			dup: false,
			retain: false,
		});
		const heard = [await register.next(), await register.next()];
		const booking = heard.find((packet) => packet.cmd === "publish");
		expect(heard.map(({ cmd }) => cmd).sort()).toEqual(["puback", "publish"]);
		const body: unknown = JSON.parse(booking?.cmd === "publish" ? booking.payload.toString() : "");
		expect([Compile(Booking).Check(body), (body as Booking).id]).toEqual([true, sale.id]);
		register.end();
		await register.closed();
	});

	test("lets nobody in with a wrong password", async () => {
		const stranger = new Conversation("mqtt");
		await stranger.open();
		stranger.send(connect("guess"));
		expect(await stranger.next()).toMatchObject({ cmd: "connack", returnCode: expect.toSatisfy((code) => code !== 0) });
		await stranger.closed();
	});

	test("is not spoken to who asks for another protocol", async () => {
		const stranger = new Conversation("chat");
		await expect(stranger.open()).rejects.toThrow();
	});
});

describe("metrics", () => {
	test("tell the box itself how the shop is", async () => {
		const { number } = shop.books.head();
		const answer = await get("/metrics");
		expect(answer.statusCode).toBe(200);
		expect(answer.body).toContain(`kassahub_journal_number ${number}`);
		expect(answer.body).toContain(`kassahub_journal_appends_total ${number}`);
		expect(answer.body).toContain('kassahub_device_up{device="bonprinter",class="printer"} 1');
		expect(answer.body).toMatch(/^kassahub_mqtt_clients \d+$/m);
		expect(answer.body).toMatch(/^kassahub_quarantine_open \d+$/m);
		expect(answer.body).toMatch(/^kassahub_relay_backlog_rows -?\d+$/m);
		expect(answer.body).toMatch(/^process_resident_memory_bytes /m);
		expect((await get("/metrics")).body).toMatch(/kassahub_http_request_duration_seconds_count\{.*route="\/metrics"/);
	});

	test("have one label for all sales that are asked for", async () => {
		for (const id of ["a", "b"]) await shop.ask("register", "GET", `/sales/019309a0-5a3f-7c11-b6d2-00000000000${id}`);
		const { body } = await get("/metrics");
		expect(body).toContain('route="/api/v1/sales/:id",status="404"} 2');
		expect(body).not.toContain("00000000000a");
	});

	test("are closed to the LAN without a technician's token", async () => {
		const from = (kind: "technician" | "register") =>
			get("/metrics", { authorization: `Bearer ${shop.tokens[kind]}` }, "10.0.0.7");
		expect((await get("/metrics", {}, "10.0.0.7")).statusCode).toBe(401);
		expect((await from("register")).statusCode).toBe(403);
		expect((await from("technician")).statusCode).toBe(200);
	});
});

describe("pages", () => {
	test("that are not built are said to be so, in two languages", async () => {
		for (const path of ["/", "/register/", "/devices/bonprinter"]) {
			const answer = await get(path);
			expect([answer.statusCode, answer.headers["content-type"]]).toEqual([503, "text/html; charset=utf-8"]);
			expect(answer.body).toContain("npm start");
		}
	});

	test("once built are found, also by a link into them, and never stale", async () => {
		const pages = join(shop.dataDir, "pages");
		mkdirSync(join(pages, "register"), { recursive: true });
		mkdirSync(join(pages, "console/assets"), { recursive: true });
		writeFileSync(join(pages, "console/index.html"), "console");
		writeFileSync(join(pages, "register/index.html"), "register");
		writeFileSync(join(pages, "console/assets/app-1a2b.js"), "script");
		for (const path of ["/", "/journal", "/?day=1"]) expect((await get(path)).body).toBe("console");
		for (const path of ["/register/", "/register/settings"]) expect((await get(path)).body).toBe("register");
		expect((await get("/register")).headers.location).toBe("/register/");
		expect((await get("/")).headers["cache-control"]).toBe("no-cache");
		expect((await get("/register/settings")).headers["cache-control"]).toBe("no-cache");
		expect((await get("/assets/app-1a2b.js")).headers["cache-control"]).toContain("immutable");
	});

	test.for([
		"/assets/none.js",
		"/api/none",
		"/api/v1/none",
		"/../package.json",
		"/%2e%2e/pairings.json",
		"/register/%00",
	])("%s is answered with a problem, not with a page", async (path) => {
		const answer = await get(path);
		expect([400, 403, 404]).toContain(answer.statusCode);
		expect(answer.headers["content-type"]).toContain("application/problem+json");
	});

	test("load from this hub only, and may speak to its sockets", async () => {
		const policy = (await get("/", { host: "hub.local:8080" })).headers["content-security-policy"];
		expect(policy).toContain("default-src 'self'");
		expect(policy).toContain("connect-src 'self' ws://hub.local:8080 wss://hub.local:8080");
		const odd = (await get("/", { host: "x; script-src *" })).headers["content-security-policy"];
		expect(odd).not.toContain("script-src *");
	});
});

test("the documents are served to who writes a client", async () => {
	expect((await get("/api/asyncapi.json")).json()).toEqual(JSON.parse(JSON.stringify(asyncapi())));
	expect((await get("/api/docs/json")).json().openapi).toBe("3.1.0");
	expect((await get("/api/docs/")).statusCode).toBe(200);
});

test("whoever asks whether the hub lives is told so, and no more", async () => {
	expect((await get("/healthz", {}, "10.0.0.7")).json()).toEqual({ status: "ok" });
});

test("an address that floods the hub is held off, the box itself never", async () => {
	const flood = async (remoteAddress: string) => {
		const codes = new Map<number, number>();
		for (let count = 0; count < 6010; count++) {
			const { statusCode } = await get("/healthz", {}, remoteAddress);
			codes.set(statusCode, (codes.get(statusCode) ?? 0) + 1);
		}
		return codes;
	};
	expect(await flood("10.0.0.66")).toEqual(
		new Map([
			[200, 6000],
			[429, 10],
		]),
	);
	expect(await flood("127.0.0.1")).toEqual(new Map([[200, 6010]]));
	const { code, remedy } = (await get("/healthz", {}, "10.0.0.66")).json();
	expect([code, remedy]).toEqual(["TOO_MANY_REQUESTS", expect.stringMatching(/./)]);
});

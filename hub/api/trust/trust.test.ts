import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { get as getHttps } from "node:https";
import type { AddressInfo } from "node:net";
import type { LightMyRequestResponse } from "fastify";
import mqtt from "mqtt";
import pino from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../clock.ts";
import { Certificates } from "../../tls/certificates.ts";
import { listenHttps } from "../https.ts";
import { openTryShop, PLAIN, type TryShop } from "../try-shop.ts";
import { deviceOf } from "./page.ts";

let shop: TryShop;
beforeAll(async () => {
	shop = await openTryShop();
});
afterAll(() => shop[Symbol.asyncDispose]());

/** A request as it comes in over plain HTTP from another machine in the shop, or from this one. */
const ask = (url: string, from: string, method: "GET" | "POST" = "GET"): Promise<LightMyRequestResponse> =>
	shop.app.inject({
		method,
		url,
		remoteAddress: from,
		headers: { [PLAIN]: "yes", host: "192.168.1.20:8080", authorization: `Bearer ${shop.tokens.technician}` },
	});
const TABLET = "192.168.1.77";

test("from the network plain HTTP hands out the authority, answers monitors, and sends pages to HTTPS", async () => {
	expect((await ask("/trust", TABLET)).body).toContain("Delicatessen De Vijzel");
	expect((await ask("/healthz", TABLET)).json()).toEqual({ status: "ok" });
	for (const page of ["/", "/register/", "/register?x=1"]) {
		const answer = await ask(page, TABLET);
		expect([answer.statusCode, answer.headers.location]).toEqual([307, `https://192.168.1.20:8443${page}`]);
	}
});

test("from the network nothing that carries a token is answered over plain HTTP", async () => {
	for (const url of ["/api/v1/health", "/api/v1/sales", "/metrics", "/mqtt", "/api/docs"]) {
		const answer = await ask(url, TABLET, url.endsWith("sales") ? "POST" : "GET");
		expect([answer.statusCode, answer.json().code]).toEqual([403, "TLS_NEEDED"]);
		expect(answer.json().remedy).toContain("https://192.168.1.20:8443");
	}
	expect((await ask("/api/v1/health", "127.0.0.1")).statusCode).toBe(200);
});

test("a redirect leads to this box and nowhere else, whatever the request calls it", async () => {
	const headers = { [PLAIN]: "yes", host: "evil.example" };
	const answer = await shop.app.inject({ url: "/register/", remoteAddress: TABLET, headers });
	expect(answer.headers.location).toMatch(/^https:\/\/(kassahub\.local|[\d.]+):8443\//);
});

test("the authority is handed out for every kind of device, and is the same for all", async () => {
	const der = await ask("/trust/kassahub.crt", TABLET);
	const pem = await ask("/trust/kassahub.pem", TABLET);
	const profile = await ask("/trust/kassahub.mobileconfig", TABLET);
	const { fingerprint256, ca } = new X509Certificate(der.rawPayload);
	expect(ca).toBe(true);
	expect(new X509Certificate(pem.body).fingerprint256).toBe(fingerprint256);
	expect(profile.headers["content-type"]).toContain("application/x-apple-aspen-config");
	const data = /<data>(.+)<\/data>/.exec(profile.body)?.[1] ?? "";
	expect(new X509Certificate(Buffer.from(data, "base64")).fingerprint256).toBe(fingerprint256);
	expect((await ask("/trust", TABLET)).body).toContain(fingerprint256);
});

test("the page opens the steps of the device that asks, in the language asked for", async () => {
	expect(deviceOf("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X)")).toBe("apple");
	expect(deviceOf("Mozilla/5.0 (Linux; Android 14; SM-X200)")).toBe("android");
	expect(deviceOf("")).toBe("windows");
	expect((await ask("/trust?language=en", TABLET)).body).toContain("Trust the Kassahub of");
});

test("over HTTPS everything is answered, MQTT over WebSocket too, and a renewed certificate is used at once", async () => {
	const log = pino({ level: "silent" });
	const names = ["kassahub.local", "127.0.0.1"];
	const options = { authorityName: "Kassahub", clock: systemClock, log, names: () => names };
	const certificates = await Certificates.open({ ...options, folder: `${shop.dataDir}/tls-here` });
	const https = await listenHttps(shop.app, certificates, { port: 0, host: "127.0.0.1" });
	const ca = certificates.authority.pem;
	const serial = async (): Promise<string> => {
		const headers = { authorization: `Bearer ${shop.tokens.technician}` };
		const url = `https://127.0.0.1:${https.port}/api/v1/health`;
		const [answer] = await once(getHttps(url, { ca, headers, agent: false }), "response");
		expect(answer.statusCode).toBe(200);
		answer.resume();
		return answer.socket.getPeerCertificate().serialNumber;
	};
	const first = await serial();
	const client = await mqtt.connectAsync(`wss://127.0.0.1:${https.port}/mqtt`, {
		ca,
		clientId: "kassa-1",
		username: "kassa-1",
		password: shop.passwords["kassa-1"],
		reconnectPeriod: 0,
	});
	await client.endAsync();
	names.push("kassa-pi.local");
	await certificates.look();
	expect(await serial()).not.toBe(first);
	certificates.close();
	await https.close();
	expect((shop.app.server.address() as AddressInfo | null)?.port).toBeUndefined();
});

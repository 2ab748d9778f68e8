import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nowhere, Shop } from "./shop.ts";

// Another machine of the shop: a network namespace, with a cable to this one. Its subnet differs by process.
const subnet = `10.98.${process.pid % 250}`;
const box = `${subnet}.1`;
const other = `khlan${process.pid}`;

const ip = (...words: string[]): void => {
	const { status, stderr } = spawnSync("ip", words, { encoding: "utf8" });
	if (status !== 0) throw new Error(`ip ${words.join(" ")}: ${stderr}`);
};
/** Runs a program on the other machine. */
const over = (program: string, words: string[], env: Record<string, string> = {}) => {
	const options = { encoding: "utf8", env: { ...process.env, ...env } } as const;
	return spawnSync("ip", ["netns", "exec", other, program, ...words], options);
};

beforeAll(() => {
	ip("netns", "add", other);
	ip("link", "add", `kh${process.pid}`, "type", "veth", "peer", "name", "eth0", "netns", other);
	ip("addr", "add", `${box}/24`, "dev", `kh${process.pid}`);
	ip("link", "set", `kh${process.pid}`, "up");
	ip("-n", other, "addr", "add", `${subnet}.2/24`, "dev", "eth0");
	ip("-n", other, "link", "set", "eth0", "up");
});
// The cable goes with the machine at its other end.
afterAll(() => ip("netns", "del", other));

const ask = `
const [url, method] = process.argv.slice(1);
const answer = await fetch(url, { method, redirect: "manual" });
console.log(answer.status, answer.headers.get("location") ?? "", (await answer.text()).slice(0, 2000));
`;
const asked = (url: string, method = "GET", env: Record<string, string> = {}): string => {
	const { stdout, stderr } = over(process.execPath, ["--input-type=module", "-e", ask, url, method], env);
	return stdout.trim() || stderr;
};

/** Publishes over there as this account; the exit code is the CONNACK's, or another for no connection at all. */
const publishes = (login: { username: string; password: string }, port: string, ...tls: string[]): number | null => {
	const { username, password } = login;
	const topic = `kassahub/devices/${username}/readings`;
	const words = [
		"-h",
		box,
		"-p",
		port,
		"-i",
		username,
		"-u",
		username,
		"-P",
		password,
		"-q",
		"1",
		"-t",
		topic,
		"-m",
		"{}",
	];
	return over("mosquitto_pub", [...words, ...tls]).status;
};

const NOT_AUTHORISED = 5;
const portOf = (url: string): string => new URL(url).port;

test("to the shop's network plain HTTP and MQTT give nothing away, and HTTPS and MQTTS work with the box's authority", async () => {
	await using shop = await Shop.create({ cloud: await nowhere() });
	const { httpUrl, httpsUrl, mqttUrl, mqttsUrl } = await shop.start();
	const plain = `http://${box}:${portOf(httpUrl)}`;
	const secure = `https://${box}:${portOf(httpsUrl)}`;
	expect(asked(`${plain}/trust`)).toMatch(/^200 .*<h1>/s);
	expect(asked(`${plain}/healthz`)).toMatch(/^200/);
	expect(asked(`${plain}/register/`)).toContain(`307 ${secure}/register/`);
	expect(asked(`${plain}/`)).toContain(`307 ${secure}/`);
	for (const path of ["/api/v1/health", "/api/v1/setup", "/mqtt", "/metrics", "/api/docs"]) {
		expect(asked(`${plain}${path}`)).toMatch(/^403 .*TLS_NEEDED/s);
	}
	expect(asked(`${plain}/api/v1/pair`, "POST")).toMatch(/^403 .*TLS_NEEDED/s);

	const ca = join(shop.folder, "ca.pem");
	writeFileSync(ca, await (await fetch(`${httpUrl}/trust/kassahub.pem`)).text());
	expect(asked(`${secure}/healthz`)).toMatch(/certificate/);
	expect(asked(`${secure}/healthz`, "GET", { NODE_EXTRA_CA_CERTS: ca })).toMatch(/^200/);
	expect(asked(`${secure}/api/v1/health`, "GET", { NODE_EXTRA_CA_CERTS: ca })).toMatch(/^401/);

	const sensor = await shop.pair("sensor", "een-sensor");
	expect(publishes(sensor, portOf(mqttUrl))).not.toBe(0);
	expect(publishes(sensor, portOf(mqttsUrl), "--cafile", ca)).toBe(0);
});

test("where old sensors may come in without TLS, they alone may", async () => {
	await using shop = await Shop.create({ cloud: await nowhere(), mqtt: { lan: "plain" } });
	const { mqttUrl } = await shop.start();
	const port = portOf(mqttUrl);
	expect(publishes(await shop.pair("sensor", "een-sensor"), port)).toBe(0);
	expect(publishes(await shop.pair("register", "een-register"), port)).toBe(NOT_AUTHORISED);
	expect(publishes(await shop.pair("technician", "een-monteur"), port)).toBe(NOT_AUTHORISED);
});

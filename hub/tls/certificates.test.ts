import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type TLSSocket } from "node:tls";
import pino from "pino";
import { afterEach, expect, test } from "vitest";
import { openClock } from "../clock.ts";
import { Certificates } from "./certificates.ts";
import { issueCertificate, type KeyPair, makeAuthority } from "./issuing.ts";
import { ownNames } from "./names.ts";

const log = pino({ enabled: false });
const DAY_MS = 86_400_000;
const today = Date.parse("2026-11-24T10:00:00Z");
const opened: Certificates[] = [];
afterEach(() => {
	for (const certificates of opened.splice(0)) certificates.close();
});

const newFolder = (): string => join(mkdtempSync(join(tmpdir(), "tls-")), "tls");

async function open(folder: string, at = Date.now(), names = ["kassahub.local", "127.0.0.1"]): Promise<Certificates> {
	const setting = { fixedMs: at };
	const options = { folder, authorityName: "Kassahub De Vijzel", clock: openClock(setting), log, names: () => names };
	const certificates = await Certificates.open(options);
	opened.push(certificates);
	return certificates;
}

/** A TLS handshake as a tablet makes it that trusts the authority; the protocol, or the error. */
async function handshake(server: KeyPair, authority: string, servername: string): Promise<string> {
	const listener = createServer({ key: server.key, cert: server.certificate });
	listener.on("tlsClientError", () => undefined);
	listener.listen(0, "127.0.0.1");
	await once(listener, "listening");
	const { port } = listener.address() as { port: number };
	const socket: TLSSocket = connect({ port, host: "127.0.0.1", ca: authority, servername });
	try {
		await once(socket, "secureConnect");
		return socket.getProtocol() ?? "";
	} catch (error) {
		return (error as NodeJS.ErrnoException).code ?? String(error);
	} finally {
		socket.destroy();
		listener.close();
	}
}

test("a tablet that trusts the box's authority accepts its certificate, by name and by address", async () => {
	const { server, authority } = await open(newFolder());
	expect(await handshake(server, authority.pem, "kassahub.local")).toBe("TLSv1.3");
	expect(await handshake(server, authority.pem, "kassa.example.nl")).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
	const stranger = await makeAuthority("Another box");
	expect(await handshake(server, stranger.certificate, "kassahub.local")).not.toBe("TLSv1.3");
});

test("the authority can't vouch for anything outside the shop's own network", async () => {
	const authority = await makeAuthority("Kassahub");
	const now = new Date();
	for (const name of ["bank.example.nl", "8.8.8.8"]) {
		const forged = await issueCertificate(authority, { names: [name], now, days: 1 });
		const folder = mkdtempSync(join(tmpdir(), "forged-"));
		writeFileSync(join(folder, "ca.pem"), authority.certificate);
		writeFileSync(join(folder, "leaf.pem"), forged.certificate.split("\n\n")[0] ?? "");
		const verify = () =>
			execFileSync("openssl", ["verify", "-CAfile", join(folder, "ca.pem"), join(folder, "leaf.pem")]);
		expect(verify).toThrow(/permitted subtree violation/);
	}
});

test("keys are readable by the hub alone, and a restart keeps authority and certificate", async () => {
	const folder = newFolder();
	const first = await open(folder);
	for (const file of ["authority.key", "server.key"]) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
	expect(statSync(folder).mode & 0o777).toBe(0o700);
	const second = await open(folder);
	expect(second.server).toEqual(first.server);
	expect(second.authority.fingerprint).toBe(first.authority.fingerprint);
});

test.each([
	["runs out within a month", today + 65 * DAY_MS],
	["has run out", today + 400 * DAY_MS],
	["is of a future that was never there", today - 400 * DAY_MS],
])("a certificate that %s is renewed, by the same authority", async (_, later) => {
	const folder = newFolder();
	const before = await open(folder, today);
	const after = await open(folder, later);
	expect(after.server.certificate).not.toBe(before.server.certificate);
	expect(after.authority.fingerprint).toBe(before.authority.fingerprint);
	expect(after.expiresAt.getTime()).toBeGreaterThan(later);
});

test("a box that gets another address renews its certificate while it runs", async () => {
	const names = ["kassahub.local", "::1", "192.168.1.20"];
	const certificates = await open(newFolder(), today, names);
	const before = certificates.server;
	await certificates.look();
	expect(certificates.server).toBe(before);
	names[2] = "192.168.1.21";
	const renewed = once(certificates, "renewed");
	await certificates.look();
	await renewed;
	expect(certificates.server).not.toBe(before);
});

test("a certificate and key that a power cut left unlike each other are made anew", async () => {
	const folder = newFolder();
	const { authority } = await open(folder, today);
	const other = await open(newFolder(), today);
	writeFileSync(join(folder, "server.key"), other.server.key);
	const { server } = await open(folder, today);
	expect(server.key).not.toBe(other.server.key);
	expect(await handshake(server, authority.pem, "kassahub.local")).not.toBe("ERR_SSL_KEY_VALUES_MISMATCH");
});

test("a box names itself by mDNS, by its host name, and by the addresses of its shop only", () => {
	const address = (text: string, family: "IPv4" | "IPv6") => ({ address: text, family }) as never;
	const interfaces = {
		eth0: [address("192.168.1.20", "IPv4"), address("2a02:a450::1", "IPv6"), address("fe80::1", "IPv6")],
		wlan0: [address("10.0.0.7", "IPv4")],
		wan: [address("203.0.113.9", "IPv4")],
	};
	expect(ownNames(interfaces, "Kassa-Pi.fritz.box")).toEqual([
		"kassahub.local",
		"kassa-pi.local",
		"localhost",
		"127.0.0.1",
		"::1",
		"10.0.0.7",
		"192.168.1.20",
	]);
});

import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import { pino } from "pino";
import { expect, test } from "vitest";
import { openClock } from "../../hub/clock.ts";
import { readSettings } from "../../hub/config.ts";
import { openHub } from "../../hub/hub.ts";
import { RawRegister } from "../raw-register.ts";
import { saleNow } from "../sales.ts";
import { nowhere, Shop } from "../shop.ts";

const YEAR_MS = 365 * 86_400_000;

test("a box whose clock is a year off, one way and the other, sells in order, loses nothing, and stays trusted", async () => {
	await using shop = await Shop.create({ cloud: await nowhere() });
	const sold: string[] = [];
	const authorities = new Set<string>();
	const serials = new Set<string>();
	// Each start finds a certificate that is over by its clock, or not valid yet.
	for (const offsetMs of [0, YEAR_MS, -YEAR_MS, 0]) {
		const settings = readSettings(shop.environment);
		const hub = await openHub(settings, pino({ level: "silent" }), { clock: openClock({ offsetMs }) });
		try {
			const socket = connect({ host: "127.0.0.1", port: hub.httpsPort, rejectUnauthorized: false });
			await once(socket, "secureConnect");
			const certificate = new X509Certificate(socket.getPeerCertificate().raw);
			socket.destroy();
			const authority = new X509Certificate(readFileSync(join(shop.dataDir, "tls/authority.crt"), "utf8"));
			expect(certificate.verify(authority.publicKey)).toBe(true);
			const now = Date.now() + offsetMs;
			expect(Date.parse(certificate.validFrom)).toBeLessThanOrEqual(now);
			expect(Date.parse(certificate.validTo)).toBeGreaterThan(now);
			serials.add(certificate.serialNumber);
			authorities.add(authority.fingerprint256);

			const mqttUrl = `mqtt://127.0.0.1:${hub.mqttPort}`;
			const register = await RawRegister.connect(mqttUrl, await shop.pair("register", "kassa-1"));
			for (let count = 0; count < 20; count++) {
				const sale = saleNow("kassa-1", { at: new Date(now).toISOString() });
				expect(await register.sell(sale)).toBe(true);
				sold.push(sale.id);
			}
			register.close();
		} finally {
			await hub.close();
		}
	}
	expect([authorities.size, serials.size]).toEqual([1, 4]);
	await shop.cli("journal", "verify");
	const entries = (await shop.cli("journal", "export"))
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line) as JournalEntry);
	expect(entries.map(({ number }) => number)).toEqual(entries.map((_, index) => index + 1));
	expect(entries.filter(({ kind }) => kind === "sale").map(({ id }) => id)).toEqual(sold);
	const years = entries.filter(({ kind }) => kind === "sale").map(({ at }) => Number(at.slice(0, 4)));
	expect(new Set(years).size).toBe(3);
});

import { once } from "node:events";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { sale } from "@kassahub/contracts/sale.ts";
import { connectAsync } from "mqtt";
import { expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { Certificates } from "../tls/certificates.ts";
import { identify } from "./identity.ts";
import { newFolder, openShop, PaperBooks, silent } from "./wire.testing.ts";

test("a register sells over TLS, and is not let in where it does not trust the box", async () => {
	const books = new PaperBooks();
	await using shop = await openShop(books);
	const folder = join(await newFolder(), "tls");
	const certificates = await Certificates.open({
		folder,
		authorityName: "Kassahub",
		clock: systemClock,
		log: silent,
		names: () => ["127.0.0.1"],
	});
	const port = await shop.broker.attachTls(0, "127.0.0.1", certificates);
	const url = `mqtts://127.0.0.1:${port}`;
	const login = { ...(await shop.accounts.pair("register", "kassa-1")), reconnectPeriod: 0 };
	const client = await connectAsync(url, { ...login, ca: certificates.authority.pem });
	await client.publishAsync("kassahub/registers/kassa-1/sales", JSON.stringify(sale.example), { qos: 1 });
	expect(books.submissions).toHaveLength(1);
	await client.endAsync();
	await expect(connectAsync(url, login)).rejects.toThrow(/certificate/);
	const old: TLSSocket = connect({ port, host: "127.0.0.1", ca: certificates.authority.pem, maxVersion: "TLSv1.1" });
	await expect(once(old, "secureConnect")).rejects.toThrow();
	certificates.close();
});

test("where others can read along, only sensors are let in", async () => {
	await using shop = await openShop(new PaperBooks());
	const codeOf = async (kind: "register" | "sensor" | "technician", isOpen: boolean): Promise<number> => {
		const { username, password } = await shop.accounts.pair(kind, `${kind}-1`);
		const client = { id: username, clean: true } as never;
		const connection = { address: "192.168.1.77", isOpen, will: undefined, account: undefined };
		const sessions = { ownerOf: () => undefined, countOf: () => 0 } as never;
		const { accounts } = shop;
		const holderOf = () => undefined;
		return identify({
			client,
			connection,
			username,
			password: Buffer.from(password),
			accounts,
			sessions,
			holderOf,
			connectionsOf: () => 0,
		}).then(
			() => 0,
			(error: { returnCode: number }) => error.returnCode,
		);
	};
	expect([await codeOf("register", true), await codeOf("technician", true), await codeOf("sensor", true)]).toEqual([
		5, 5, 0,
	]);
	expect(await codeOf("register", false)).toBe(0);
});

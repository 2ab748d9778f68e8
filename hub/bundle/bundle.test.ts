import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import type { Config } from "@kassahub/contracts/config.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Trace } from "@kassahub/contracts/trace.ts";
import fc from "fast-check";
import pino from "pino";
import { afterEach, expect, test } from "vitest";
import { freshSale, openTryShop, type TryShop } from "../api/try-shop.ts";
import { scrubConfig, scrubLink, scrubWords } from "./scrub.ts";
import { zip } from "./zip.ts";

/** Reads a ZIP file by its central directory, as a laptop does: APPNOTE.TXT §4.3.12. */
function unzip(bytes: Buffer): Map<string, string> {
	const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06"));
	const files = new Map<string, string>();
	let at = bytes.readUInt32LE(end + 16);
	for (let count = bytes.readUInt16LE(end + 10); count > 0; count--) {
		const [packed, length, name] = [
			bytes.readUInt32LE(at + 20),
			bytes.readUInt32LE(at + 24),
			bytes.readUInt16LE(at + 28),
		];
		const local = bytes.readUInt32LE(at + 42);
		const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
		const text = inflateRawSync(bytes.subarray(start, start + packed));
		expect(text.length).toBe(length);
		files.set(bytes.toString("utf8", at + 46, at + 46 + name), text.toString("utf8"));
		at += 46 + name;
	}
	return files;
}

let shop: TryShop | undefined;
afterEach(async () => {
	await shop?.[Symbol.asyncDispose]();
	shop = undefined;
});

const AT = "2026-11-23T10:15:00.000+01:00";
const device = (name: string, more: Partial<DeviceState>): DeviceState => ({
	...{ device: name, class: "printer", driver: "escpos", link: "tcp://127.0.0.1:9100", state: "online", since: AT },
	...more,
});

/** Answers the hub's question for a device's frames, as the bridge does. */
function answerTraces(shop: TryShop, traces: Trace[]): void {
	shop.devices.on("commanded", (command) => {
		if (command.action === "trace")
			setImmediate(() => {
				for (const trace of traces.splice(0)) shop.devices.heardTrace(trace);
			});
	});
}

test("a bundle opens without the box, and none of what was planted in secret places is in it", async () => {
	shop = await openTryShop();
	const { people, alerts, devices, logs } = shop;
	await people.put({ name: "wilhelmina", title: "Wilhelmina Quispel", role: "owner" });
	await people.setSecret("wilhelmina", "passphrase", "marker-passphrase-one two");
	await people.setSecret("wilhelmina", "pin", "847261");
	const paired = await shop.accounts.pair("register", "kassa-9");
	const log = pino({ base: null }, logs);
	log.info(
		{ token: paired.token, who: "person:wilhelmina", account: "markeraccount" },
		`signed in with Bearer ${paired.token}`,
	);
	log.warn(
		{ err: new Error("connect mqtt://winkel:markerlogin@cloud.example failed") },
		"Wilhelmina klaagt: quispel@winkel.example",
	);
	log.error({ reason: "card 4111 1111 1111 1111 password=markerword PIN: 847261" }, `key ${paired.password}`);
	log.error({ part: "firmware-bridge", device: "nfc", uid: "04a1b2c3d4e5f6" }, "tag 04a1b2c3d4e5f6 shown");
	devices.heardState(
		device("pin-1", { class: "terminal", link: "https://u:markeruser@10.0.0.5:8443/nexo?passphrase=markerquery" }),
	);
	devices.heardState(
		device("nfc", { class: "nfc", fault: { code: "DEVICE_UNREACHABLE", detail: "at tcp://x:markerfault@10.0.0.6" } }),
	);
	alerts.raise("PAYMENT_UNKNOWN", "device:pin-1", "critical", "card 4111111111111111 of Wilhelmina");
	alerts.acknowledge(alerts.list()[0]?.id as string, "person:wilhelmina");
	const sale = freshSale();
	await shop.ask("register", "POST", "/sales", sale);
	await shop.ask("register", "POST", "/sales", { ...freshSale(), note: "markerquarantine", total: 1 });
	const receipt = Buffer.from("Elstar appels markerreceipt");
	const frame = { at: AT, direction: "out" as const, hex: receipt.toString("hex"), bytes: receipt.length };
	answerTraces(shop, [
		{ device: "bonprinter", ...frame, explained: { text: receipt.toString() } },
		{ device: "pin-1", ...frame, explained: { pan: "411111******1111", text: "markerterminal" } },
		{ device: "nfc", ...frame, direction: "in", hex: "04a1b2c3d4e5f6", bytes: 7 },
		{ device: "weegschaal", at: AT, direction: "in", hex: "0230302e3435360d", bytes: 8, explained: { grams: 456 } },
	]);
	const answer = await shop.ask("technician", "GET", "/bundle");
	expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "application/zip"]);
	expect(answer.headers["content-disposition"]).toMatch(
		/^attachment; filename="kassahub-vijzel-\d{4}-\d\d-\d\d\.zip"$/,
	);
	const files = unzip(answer.rawPayload);
	const all = [...files].map(([name, text]) => `${name}\n${text}`).join("\n");
	const file = (name: string) => readFileSync(join(shop?.dataDir as string, name), "utf8");
	const kept = JSON.parse(file("people.json")) as { badgeKey: string; people: { passphrase: string; pin: string }[] };
	const accounts = file("pairings.json").match(/[A-Za-z0-9+/_$=-]{20,}/g) ?? [];
	const secrets = [
		...[paired.token, paired.token.split(".")[1] ?? "x", paired.password, shop.tokens.technician],
		...[kept.badgeKey, kept.people[0]?.passphrase, kept.people[0]?.pin].map(String),
		...accounts.filter((word) => /\d/.test(word) && !word.includes(":")),
		...["wilhelmina", "Wilhelmina", "Quispel", "quispel", "847261", "4111", "04a1b2c3", "a1b2c3d4"],
		...["Elstar", "Kromme Greppel", "NL000000000B00", receipt.toString("hex").slice(0, 24)],
	];
	for (const secret of secrets) expect([secret, all.includes(secret)]).toEqual([secret, false]);
	expect(all.match(/marker\w*/g)).toBeNull();
	expect(all).not.toContain(sale.id);

	const page = files.get("index.html") ?? "";
	for (const words of ["bonprinter", "weegschaal", "PAYMENT_UNKNOWN", "Verified: 1 entries, 0 faults", "escpos"]) {
		expect(page).toContain(words);
	}
	expect(page).not.toMatch(/<script|src=|href=/);
	const json = (name: string) => JSON.parse(files.get(name) ?? "null");
	expect(json("journal.json")).toMatchObject({ head: { number: 1 }, verification: { faults: [] } });
	expect(json("devices.json")).toHaveLength(4);
	expect(json("quarantine.json")).toMatchObject([{ number: 1, kind: "sale" }]);
	expect(json("versions.json")).toMatchObject({ node: process.versions.node, hub: expect.any(String) });
	expect(json("box.json").parts[0].name).toBe("hub");
	expect(files.get("traces/weegschaal.ndjson")).toContain('"grams":456');
	expect(JSON.parse(files.get("traces/bonprinter.ndjson") ?? "")).toEqual({
		at: AT,
		direction: "out",
		bytes: receipt.length,
	});
	expect(files.get("logs.ndjson")?.trim().split("\n")).toHaveLength(4);
});

test("words that help stay: ids, codes, addresses in the shop and causes", () => {
	for (const words of [
		"connect ECONNREFUSED 192.168.1.50:9100",
		"019309a0-5a3f-7c11-b6d2-3f6a0c4e9a10",
		"PRINTER_PAPER_OUT after 12 s at /dev/ttyUSB0",
		"Error: spawn ENOENT at hub/supervise/child.ts:62:9",
		"valid from 2026-11-23 on",
		"the-back-office-of-the-shop-is-away",
	]) {
		expect(scrubWords(words, ["anja"])).toBe(words);
	}
});

test("no login survives in a link, whatever it looks like", () => {
	expect(scrubLink("serial:///dev/ttyUSB0?baud=9600&parity=even")).toBe("serial:///dev/ttyUSB0?baud=9600&parity=even");
	fc.assert(
		fc.property(fc.stringMatching(/^[a-z0-9]{12}$/), fc.stringMatching(/^[a-z0-9]{12}$/), (user, secret) => {
			const link = scrubLink(`https://${user}:${secret}@10.0.0.5:8443/nexo?key=${secret}#${secret}`);
			expect(link.includes(user) || link.includes(secret)).toBe(false);
			const words = scrubWords(`failed: mqtt://${user}:${secret}@host, token=${secret}, Bearer ${secret}`, []);
			expect(words.includes(secret)).toBe(false);
		}),
	);
	expect(scrubLink("no link")).toBe("[left out]");
});

test("of a device's settings numbers and switches stay, and nothing that could be a secret", () => {
	const config: Config = {
		shop: { id: "vijzel", name: "Bakkerij Wilhelmina", footer: ["bel 0612345678"] },
		cloud: { url: "mqtts://winkel:geheim@cloud.example", username: "winkel", passwordFile: "/x" },
		devices: {
			pin: {
				driver: "nexo",
				link: "https://10.0.0.5",
				settings: { pollMs: 50, passphrase: "geheim", password: 123456, pin: 1234 },
			},
		},
	};
	const told = scrubConfig(config);
	expect(told).toMatchObject({ devices: { pin: { settings: { pollMs: 50 } } } });
	expect(JSON.stringify(told)).not.toMatch(/geheim|123456|1234|Wilhelmina|0612345678|winkel/);
});

test("any files come out of a zip as they went in", () => {
	fc.assert(
		fc.property(fc.dictionary(fc.stringMatching(/^[a-zé]{1,12}\.txt$/), fc.string({ unit: "grapheme" })), (wanted) => {
			const entries = Object.entries(wanted).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
			expect(Object.fromEntries(unzip(zip(entries, new Date())))).toEqual({ ...wanted });
		}),
	);
});

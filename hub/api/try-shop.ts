import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "@kassahub/contracts/config.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { ClientKind } from "@kassahub/contracts/message.ts";
import { type RelayState, relayState } from "@kassahub/contracts/relay-state.ts";
import { type Sale, sale } from "@kassahub/contracts/sale.ts";
import { shelfStateExample } from "@kassahub/contracts/shelf-state.ts";
import { pino } from "pino";
import { uuidv7 } from "uuidv7";
import { Alerts } from "../alerts.ts";
import { Audit } from "../audit.ts";
import { Backups } from "../backup/backups.ts";
import { Books } from "../books/books.ts";
import { BoxWatch } from "../box/watch.ts";
import { Broker } from "../broker/broker.ts";
import { systemClock } from "../clock.ts";
import { ConfigWriter } from "../config-writer.ts";
import { Devices } from "../devices/devices.ts";
import { Histories } from "../devices/history.ts";
import { LogBook } from "../logs/log-book.ts";
import { Accounts } from "../pairing/accounts.ts";
import { PairingCodes } from "../pairing/codes.ts";
import { ClaimWindow } from "../people/claim.ts";
import { People } from "../people/people.ts";
import { SignedIn } from "../people/signed-in.ts";
import { Certificates } from "../tls/certificates.ts";
import type { App } from "./parts.ts";
import { createApi } from "./server.ts";

const config: Config = {
	shop: { id: "vijzel", name: "Delicatessen De Vijzel", address: ["Kromme Greppel 12"], vatNumber: "NL000000000B00" },
	devices: {
		bonprinter: { driver: "escpos", link: "tcp://127.0.0.1:9100" },
		weegschaal: { driver: "toledo8217", link: "serial:///dev/ttyUSB0", registers: ["kassa-1"] },
	},
};

const online = (device: string, deviceClass: DeviceState["class"]): DeviceState => ({
	device,
	class: deviceClass,
	driver: "escpos",
	link: "tcp://127.0.0.1:9100",
	state: "online",
	since: "2026-11-23T10:15:00.000+01:00",
});

/** A header by which a test says that its request came without TLS, which an injected one has none of. */
export const PLAIN = "x-try-plain";

type Method = "GET" | "POST" | "PUT" | "DELETE";
export type Answer = Awaited<ReturnType<App["inject"]>>;

/** A hub's real parts in a folder of their own, with one paired client of each kind, to try the API on. */
export type TryShop = {
	app: App;
	dataDir: string;
	books: Books;
	accounts: Accounts;
	broker: Broker;
	devices: Devices;
	histories: Histories;
	people: People;
	signedIn: SignedIn;
	alerts: Alerts;
	logs: LogBook;
	/** What was commanded, by device. */
	commanded: { device: string; value: unknown }[];
	tokens: Record<ClientKind, string>;
	passwords: Record<"kassa-1", string>;
	relay: { heard: RelayState | undefined };
	/** A request in the name of a kind of client. */
	ask(kind: ClientKind, method: Method, url: string, payload?: object | string, headers?: object): Promise<Answer>;
	[Symbol.asyncDispose](): Promise<void>;
};

export async function openTryShop(): Promise<TryShop> {
	const dataDir = await mkdtemp(join(tmpdir(), "kassahub-api-"));
	const log = pino({ level: "silent" });
	const books = await Books.open({ dataDir });
	const accounts = await Accounts.open(join(dataDir, "pairings.json"));
	const broker = await Broker.open({ dataDir, books, accounts, log });
	const commanded: TryShop["commanded"] = [];
	const devices = new Devices((_message, { device = "" }, value) => commanded.push({ device, value }));
	const histories = new Histories(systemClock);
	devices.on("state", (state) => histories.heardState(state));
	devices.heardState(online("bonprinter", "printer"));
	devices.heardState(online("weegschaal", "scale"));
	const alerts = new Alerts(() => undefined, systemClock);
	const box = new BoxWatch({ dataDir, clock: systemClock, alerts: new Alerts(() => undefined, systemClock) });
	const logs = new LogBook();
	const relay: TryShop["relay"] = { heard: relayState.example };
	const register = await accounts.pair("register", "kassa-1");
	const tokens = {
		register: register.token,
		sensor: (await accounts.pair("sensor", "schap-1")).token,
		technician: (await accounts.pair("technician", "console")).token,
		bridge: accounts.addInternal("bridge", "bridge").token,
		relay: accounts.addInternal("relay", "relay").token,
	};
	const people = await People.open(join(dataDir, "people.json"));
	const signedIn = new SignedIn(() => performance.now());
	people.on("changed", (name) => signedIn.closeAll(name));
	const configFile = join(dataDir, "devices.yaml");
	// JSON is YAML.
	await writeFile(configFile, JSON.stringify(config));
	const folder = join(dataDir, "tls");
	const certificates = await Certificates.open({ folder, authorityName: "Kassahub", clock: systemClock, log });
	const audit = new Audit({ books, clock: systemClock, log });
	const backups = await Backups.open({
		...{ dataDir, configFile, alerts, audit, log },
		clock: systemClock,
		shop: config.shop.id,
		settings: () => undefined,
	});
	const app = await createApi({
		books,
		backups,
		accounts,
		broker,
		devices,
		histories,
		alerts,
		logs,
		box,
		relay: { state: () => relay.heard },
		shelves: { list: () => [shelfStateExample] },
		config,
		clock: systemClock,
		codes: new PairingCodes(() => performance.now()),
		claim: new ClaimWindow(people, () => performance.now()),
		configWriter: new ConfigWriter(configFile),
		people,
		signedIn,
		audit,
		certificates,
		httpsPort: () => 8443,
		isEncrypted: (request) => request.headers[PLAIN] === undefined,
		dataDir,
		pages: join(dataDir, "pages"),
		log,
	});
	await app.ready();
	return {
		app,
		dataDir,
		books,
		accounts,
		broker,
		devices,
		histories,
		people,
		signedIn,
		alerts,
		logs,
		commanded,
		tokens,
		passwords: { "kassa-1": register.password },
		relay,
		ask: (kind, method, url, payload, headers) =>
			app.inject({
				method,
				url: `/api/v1${url}`,
				headers: { authorization: `Bearer ${tokens[kind]}`, ...headers },
				...(payload === undefined ? {} : { payload }),
			}),
		async [Symbol.asyncDispose]() {
			await app.close();
			certificates.close();
			await broker.close();
			await books.close();
			await rm(dataDir, { recursive: true });
		},
	};
}

/** The sample sale under an id of its own. */
export const freshSale = (changes: Partial<Sale> = {}): Sale => ({ ...sale.example, id: uuidv7(), ...changes });

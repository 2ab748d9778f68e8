import { renameSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { catalogueVersion } from "@kassahub/contracts/catalogue-version.ts";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import { type DeviceState, deviceState } from "@kassahub/contracts/device-state.ts";
import { drawer } from "@kassahub/contracts/drawer.ts";
import { journalHead } from "@kassahub/contracts/journal-head.ts";
import { type RelayState, relayState } from "@kassahub/contracts/relay-state.ts";
import { type Result, result } from "@kassahub/contracts/result.ts";
import { stockLevel } from "@kassahub/contracts/stock-level.ts";
import { type Trace, trace } from "@kassahub/contracts/trace.ts";
import { turnover } from "@kassahub/contracts/turnover.ts";
import type { Logger } from "pino";
import { Alerts, type Publish } from "./alerts.ts";
import { announce } from "./announce/mdns.ts";
import { listenHttps } from "./api/https.ts";
import { isEncrypted } from "./api/plain-http.ts";
import { createApi } from "./api/server.ts";
import { Audit } from "./audit.ts";
import { Backups } from "./backup/backups.ts";
import { BackupSchedule } from "./backup/schedule.ts";
import { Books, type Changed } from "./books/books.ts";
import { Retention } from "./books/retention.ts";
import { BoxWatch } from "./box/watch.ts";
import { Broker } from "./broker/broker.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Settings } from "./config.ts";
import { ConfigWriter } from "./config-writer.ts";
import { dataFaultFrom } from "./data-fault.ts";
import { DeviceAlerts } from "./devices/device-alerts.ts";
import { Devices } from "./devices/devices.ts";
import { keepHistories } from "./devices/keep-histories.ts";
import { printReceipt } from "./devices/receipts.ts";
import { LiveConfig } from "./live-config.ts";
import { lockData } from "./lock.ts";
import { LogBook } from "./logs/log-book.ts";
import { Accounts } from "./pairing/accounts.ts";
import { PairingCodes } from "./pairing/codes.ts";
import { openPayments } from "./payments/open.ts";
import { ClaimWindow } from "./people/claim.ts";
import { People } from "./people/people.ts";
import { SignedIn } from "./people/signed-in.ts";
import { RelayWatch } from "./relay-watch.ts";
import { openShelves } from "./shelves/open-shelves.ts";
import { Child } from "./supervise/child.ts";
import { planParts } from "./supervise/parts.ts";
import { Certificates } from "./tls/certificates.ts";

const EVERY_ADDRESS = "0.0.0.0";

export type Hub = {
	httpPort: number;
	httpsPort: number;
	mqttPort: number;
	mqttsPort: number;
	/** The first technician's credentials, made where nobody could sign in yet and shown once. */
	firstLogin: Credentials | undefined;
	/** Stops everything in the order that loses nothing: no new sales, then the journal, then the lock. */
	close(): Promise<void>;
};

/**
 * Opens a whole hub in this process: books, broker, API, and the other parts as its children.
 * It answers on its ports when the promise resolves.
 * Throws DataLocked, or an Error that names the port that is taken.
 */
export async function openHub(
	settings: Settings,
	log: Logger,
	{ clock = systemClock, logs = new LogBook() }: { clock?: Clock; logs?: LogBook } = {},
): Promise<Hub> {
	const closers = new AsyncDisposableStack();
	try {
		return await composeHub(settings, { log, logs, clock, closers });
	} catch (error) {
		await closers.disposeAsync();
		throw dataFaultFrom(error, settings.dataDir);
	}
}

async function composeHub(
	settings: Settings,
	{ log, logs, clock, closers }: { log: Logger; logs: LogBook; clock: Clock; closers: AsyncDisposableStack },
): Promise<Hub> {
	const { dataDir } = settings;
	closers.adopt(lockData(dataDir), (lock) => lock.release());
	if (settings.keepsLogFiles) closers.adopt(logs.keepIn(join(dataDir, "logs")), (files) => files.close());

	const books = closers.adopt(await Books.open({ dataDir, clock }), (opened) => opened.close());
	const accounts = await Accounts.open(join(dataDir, "pairings.json"));
	const bridge = accounts.addInternal("bridge", "bridge");
	const relay = accounts.addInternal("relay", "relay");
	const control = accounts.addInternal("technician", "hub");
	const hasTechnician = accounts.list().some((account) => account.kind === "technician");
	const firstLogin = hasTechnician ? undefined : await accounts.pair("technician", "console");

	const people = await People.open(join(dataDir, "people.json"));
	const signedIn = new SignedIn(() => performance.now());
	people.on("changed", (name) => signedIn.closeAll(name));
	const audit = new Audit({ books, clock, log: log.child({ part: "audit" }) });

	const broker = await Broker.open({ dataDir, books, accounts, log: log.child({ part: "broker" }) });
	closers.defer(() => broker.close());
	const publish = broker.publish.bind(broker);
	const alerts = new Alerts(publish, clock);
	const config = closers.adopt(new LiveConfig(settings, { alerts, log }), (opened) => opened.close());
	const devices = new Devices(publish);
	const box = closers.adopt(new BoxWatch({ dataDir, clock, alerts }), (opened) => opened.close());
	const histories = keepHistories({ broker, devices, clock });
	const relayWatch = new RelayWatch(alerts);
	const paymentLog = log.child({ part: "payments" });
	const payments = await openPayments({ books, devices, alerts, publish, config, clock, log: paymentLog });
	closers.defer(() => payments.close());
	broker.on("message", ({ name, value, from, holdFor }) => {
		if (name === deviceState.name) devices.heardState(value as DeviceState);
		else if (name === result.name) {
			devices.heardResult(value as Result);
			// Money is the bridge's word alone, and it is told "heard" when that is in the books.
			if (from.kind === "bridge") holdFor(payments.heard(value as Result));
		} else if (name === trace.name) devices.heardTrace(value as Trace);
		else if (name === relayState.name) relayWatch.heard(value as RelayState);
	});
	const shelves = await openShelves({ books, broker, devices, alerts, config });
	closers.defer(() => shelves.close());
	broker.on("cleared", ({ name, levels }) => {
		if (name === deviceState.name) devices.forget(levels.device as string);
	});
	const deviceAlerts = new DeviceAlerts(alerts);
	devices.on("state", (state) => deviceAlerts.heard(state));
	devices.on("forgotten", (device) => deviceAlerts.forget(device));
	books.on("unwritable", ({ code }) => alerts.raise(code, "journal", "critical"));
	books.on("writable", () => alerts.clear("journal"));
	books.on("booked", (booked) => printReceipt({ config, devices, clock }, booked));
	await publishShop(books, publish, clock);

	const keepDays = () => config.keepDays();
	const retention = new Retention({ books, keepDays, relay: relayWatch, clock, log: log.child({ part: "books" }) });
	closers.defer(() => retention.close());
	retention.start();
	const { configFile } = settings;
	const backupPlan = () => config.backupPlan();
	const backups = await Backups.open({
		...{ dataDir, configFile, alerts, audit, clock },
		shop: config.shop.id,
		settings: backupPlan,
		log: log.child({ part: "backup" }),
	});
	closers.defer(() => backups.close());
	const elapsedMs = () => performance.now();
	const schedule = new BackupSchedule({ backups, configFile, settings: backupPlan, alerts, clock, elapsedMs });
	closers.defer(() => schedule.close());
	schedule.start();

	const certificates = await Certificates.open({
		folder: join(dataDir, "tls"),
		authorityName: `Kassahub ${config.shop.name}`,
		clock,
		log: log.child({ part: "tls" }),
	});
	closers.defer(() => certificates.close());
	const mqtt = await named("KASSAHUB_MQTT_PORT", settings.mqttPort, (port) =>
		broker.attachTcp(port, settings.mqttHost),
	);
	const mqtts = await orAny(settings.anyPort.mqtts, "KASSAHUB_MQTTS_PORT", settings.mqttsPort, log, (port) =>
		broker.attachTls(port, EVERY_ADDRESS, certificates),
	);
	let https = 0;
	const api = await createApi({
		books,
		backups,
		accounts,
		broker,
		devices,
		histories,
		relay: relayWatch,
		shelves,
		alerts,
		box,
		config,
		clock,
		codes: new PairingCodes(() => performance.now()),
		claim: new ClaimWindow(people, () => performance.now()),
		configWriter: new ConfigWriter(settings.configFile),
		people,
		signedIn,
		audit,
		certificates,
		httpsPort: () => https,
		isEncrypted,
		dataDir,
		pages: join(settings.root, "web/dist"),
		logs,
		log: log.child({ part: "api" }),
	});
	closers.defer(() => api.close());
	await named("KASSAHUB_HTTP_PORT", settings.httpPort, (port) => api.listen({ port, host: EVERY_ADDRESS }));
	const http = (api.server.address() as AddressInfo).port;
	const secured = await orAny(settings.anyPort.https, "KASSAHUB_HTTPS_PORT", settings.httpsPort, log, (port) =>
		listenHttps(api, certificates, { port, host: EVERY_ADDRESS }),
	);
	closers.defer(() => secured.close());
	https = secured.port;
	if (settings.isAnnounced) {
		const announcement = announce(
			{ shop: config.shop, httpsPort: https, mqttsPort: mqtts },
			log.child({ part: "mdns" }),
		);
		closers.defer(() => announcement.close());
	}

	const plans = await planParts(settings, { mqtt, http }, { bridge, relay });
	const children = plans.map((plan) => new Child(plan, log, logs));
	closers.defer(async () => {
		await Promise.all(children.map((child) => child.stop()));
	});
	for (const child of children) child.start();
	box.watch(children, () => deviceAlerts.look());

	const running = {
		pid: process.pid,
		httpUrl: `http://127.0.0.1:${http}`,
		httpsUrl: `https://127.0.0.1:${https}`,
		mqttUrl: `mqtt://127.0.0.1:${mqtt}`,
		mqttsUrl: `mqtts://127.0.0.1:${mqtts}`,
	};
	const runFile = tellCommandLine(dataDir, { ...running, token: control.token });
	closers.defer(() => rmSync(runFile, { force: true }));
	log.info({ box: books.box, journal: books.head().number, http, https, mqtt, mqtts }, "the hub is open");
	return {
		httpPort: http,
		httpsPort: https,
		mqttPort: mqtt,
		mqttsPort: mqtts,
		firstLogin,
		close: () => closers.disposeAsync(),
	};
}

/** Tells the command line where this hub is and lets it in; only this user may read it. */
function tellCommandLine(dataDir: string, running: Record<string, unknown>): string {
	const file = join(dataDir, "run.json");
	writeFileSync(`${file}.new`, JSON.stringify(running), { mode: 0o600 });
	renameSync(`${file}.new`, file);
	return file;
}

/** Publishes the shop as the books know it, now and at every change. */
async function publishShop(books: Books, publish: Publish, clock: Clock): Promise<void> {
	const epochs = books.epochs.length > 0 ? { epochs: books.epochs } : {};
	const publishChange = (change: Partial<Changed>): void => {
		for (const level of change.levels ?? []) publish(stockLevel, { sku: level.sku }, level);
		for (const one of change.drawers ?? []) publish(drawer, { register: one.register }, one);
		if (change.turnover) publish(turnover, {}, change.turnover);
		if (change.catalogue) publish(catalogueVersion, {}, change.catalogue);
		if (change.head) publish(journalHead, {}, { ...change.head, ...epochs });
	};
	books.on("changed", publishChange);
	const { version, products } = await books.catalogue(0);
	publishChange({
		levels: await books.stock(),
		drawers: await books.drawers(),
		turnover: await books.turnover(clock.now().at.slice(0, 10)),
		catalogue: { version, products: products.length },
		head: books.head(),
	});
}

/** Takes a port, and names the variable to change where it is taken. */
async function named<T>(variable: string, port: number, take: (port: number) => Promise<T>): Promise<T> {
	try {
		return await take(port);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
		throw new Error(`port ${port} is taken by another program. Stop that, or set ${variable} to a free port.`);
	}
}

/** The same for a port that nobody chose: a second hub on one machine opens too, on any that is free. */
async function orAny<T>(
	isAnyGood: boolean,
	variable: string,
	port: number,
	log: Logger,
	take: (port: number) => Promise<T>,
): Promise<T> {
	try {
		return await take(port);
	} catch (error) {
		if (!isAnyGood || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") return named(variable, port, take);
		log.warn({ port, variable }, "the usual port is taken; took another");
		return take(0);
	}
}

import { pino } from "pino";
import { LiveTicks } from "./api/live.ts";
import { createApi } from "./api/server.ts";
import { EmbeddedBroker } from "./broker.ts";
import { Intake } from "./intake.ts";
import { Ledger } from "./ledger.ts";
import { readSettings } from "./settings.ts";
import { openStore } from "./store/open.ts";

// Where the reader of the log goes away, logging ends; pino's own stream can wait for it for ever at the exit.
process.stdout.on("error", () => undefined);
const log = pino({ name: "cloud", level: process.env.KASSAHUB_LOG ?? "info" }, process.stdout);
const leaving = new Promise<void>((resolve) => {
	process.once("SIGTERM", () => resolve());
	process.once("SIGINT", () => resolve());
	// The hub holds the other end: however it dies, this pipe closes.
	if (process.env.KASSAHUB_SUPERVISED === "1") process.stdin.resume().once("end", () => resolve());
});

const settings = readSettings(process.env);
const now = () => new Date();
const database = await openStore({ url: settings.databaseUrl, dataDir: settings.dataDir, log });
const ledger = new Ledger(database, now);
const { brokerPort, username, password } = settings;
const broker = settings.brokerUrl ? undefined : await EmbeddedBroker.open(brokerPort, { username, password }, log);
const login = broker ? { url: broker.url, ...broker.office } : { url: settings.brokerUrl ?? "", username, password };
// Under this name an outside broker keeps what comes while the office is away, so it must stay the same.
const intake = new Intake({ ...login, clientId: "kassahub-office" }, ledger, log);
const ticks = new LiveTicks();
intake.on("booked", (shop) => ticks.change(shop));
const api = await createApi(
	{ database, isHearing: () => intake.isConnected, ticks, now, token: settings.token },
	log.child({ link: "http" }),
);
intake.open();
await api.listen({ host: settings.host, port: settings.port });
log.info(
	{ url: api.listeningOrigin, store: settings.databaseUrl ? "postgresql" : "embedded" },
	"the back office is open",
);

await leaving;
await api.close();
await intake.close();
await broker?.close();
await database.close();
process.exit(0);

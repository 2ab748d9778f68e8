import { hostname } from "node:os";
import { pino } from "pino";
import { LiveTicks } from "./api/live.ts";
import { createApi } from "./api/server.ts";
import { EmbeddedBroker } from "./broker.ts";
import { Intake } from "./intake.ts";
import { Ledger } from "./ledger.ts";
import { readSettings } from "./settings.ts";
import { openStore } from "./store/open.ts";

const log = pino({ name: "cloud", level: process.env.KASSAHUB_LOG ?? "info" });
const leaving = new Promise<void>((resolve) => {
	process.once("SIGTERM", () => resolve());
	process.once("SIGINT", () => resolve());
	// The hub holds the other end: however it dies, this pipe closes.
	if (process.env.KASSAHUB_SUPERVISED === "1") process.stdin.resume().once("close", () => resolve());
});

const settings = readSettings(process.env);
const now = () => new Date();
const database = await openStore({ url: settings.databaseUrl, dataDir: settings.dataDir, log });
const ledger = new Ledger(database, now);
const { brokerPort, username, password } = settings;
const broker = settings.brokerUrl ? undefined : await EmbeddedBroker.open(brokerPort, { username, password }, log);
const login = broker ? { url: broker.url, ...broker.office } : { url: settings.brokerUrl ?? "", username, password };
// The broker keeps what comes while this office is away, under this name: it must stay the same, and be its own.
const intake = new Intake({ ...login, clientId: `kassahub-office-${hostname()}` }, ledger, log);
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

import { join, resolve } from "node:path";
import { ConfigWatch } from "@kassahub/contracts/config-watch.ts";
import pino from "pino";
import { Bridge } from "./bridge.ts";
import { drivers } from "./drivers/index.ts";
import { lockRecords } from "./lock.ts";
import { scan } from "./scan/scan.ts";
import { surroundingsOf } from "./scan/surroundings.ts";

const ALIVE_EVERY_MS = 2000;
/** Longer than every device may take to leave; a bridge that hangs must not keep the next one out. */
const LEAVE_MS_MAX = 20_000;

const { env } = process;
const root = join(import.meta.dirname, "..");
// Where the reader of the log goes away, logging ends; pino's own stream can wait for it for ever at the exit.
process.stdout.on("error", () => undefined);
const log = pino({ level: env.KASSAHUB_LOG ?? "info", base: { part: "firmware-bridge" } }, process.stdout);

const configFile = resolve(env.KASSAHUB_CONFIG ?? join(root, "devices.yaml"));
const dataDir = resolve(env.KASSAHUB_DATA ?? join(root, "data"));
const broker = {
	url: env.KASSAHUB_MQTT_URL ?? "mqtt://127.0.0.1:1883",
	username: env.KASSAHUB_USERNAME ?? "bridge",
	password: env.KASSAHUB_PASSWORD ?? "",
};

const lock = await lockRecords(dataDir, log);
const config = new ConfigWatch(configFile);
const surroundings = surroundingsOf(env.KASSAHUB_SCAN, broker, log);
const bridge = new Bridge({
	config,
	drivers,
	dataDir,
	broker,
	log,
	scan: (plans) => scan({ plans, drivers, surroundings, log }),
});
void bridge.start();
log.info({ broker: broker.url }, "started");

let isLeaving = false;
async function leave(why: string): Promise<void> {
	if (isLeaving) return;
	isLeaving = true;
	log.info({ why }, "stopping");
	setTimeout(() => process.exit(1), LEAVE_MS_MAX);
	await bridge.stop();
	lock[Symbol.dispose]();
	process.exit(0);
}
process.on("SIGTERM", () => void leave("SIGTERM"));
process.on("SIGINT", () => void leave("SIGINT"));
if (env.KASSAHUB_SUPERVISED === "1") {
	// The hub ends a bridge that no longer says so: a driver that never returns would hold up every other device.
	setInterval(() => process.send?.("alive"), ALIVE_EVERY_MS).unref();
	process.stdin.on("end", () => void leave("the hub is gone"));
	process.stdin.on("error", () => void leave("the hub is gone"));
	process.stdin.resume();
}

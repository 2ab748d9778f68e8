import pino from "pino";
import { renderUnicodeCompact } from "uqr";
import { readSettings, type Settings } from "./config.ts";
import { type Hub, openHub } from "./hub.ts";
import { LogBook } from "./logs/log-book.ts";
import { lanAddress, pairingLink } from "./pairing/link.ts";
import { tellSystemd } from "./supervise/systemd.ts";

const say = (words: string): void => {
	process.stderr.write(`${words}\n`);
};

/** Words for the person at the terminal; the log is for machines. */
function welcome(settings: Settings, hub: Hub): void {
	const address = `https://${lanAddress()}:${hub.httpsPort}`;
	const trust = `http://${lanAddress()}:${hub.httpPort}/trust`;
	say(`\n  Kassahub is open: ${settings.config.shop.name}\n`);
	say(`${renderUnicodeCompact(trust, { border: 1 }).replace(/^/gm, "    ")}\n`);
	say(`  First         ${trust}  (scan the code on each tablet, once: it learns to trust this box)`);
	if (hub.firstLogin) {
		say(`  Console       ${pairingLink("technician", hub.firstLogin, hub.httpsPort)}`);
		say("                (this link signs you in; it is shown this once)");
	} else {
		say(`  Console       ${address}/`);
	}
	say(
		`  Register      ${address}/register/  (pair one in the console, or: npm run -s kassahub -- pair --kind register --name kassa-1)`,
	);
	if (!settings.config.cloud) say(`  Back office   http://127.0.0.1:${settings.officePort}/`);
	say(`  MQTT          mqtts://${lanAddress()}:${hub.mqttsPort}, and /mqtt over WebSocket`);
	say(`                ${settings.mqttHost}:${hub.mqttPort} without TLS`);
	say(`  API           ${address}/api/docs\n`);
}

/** What stops a start is something a person can mend, and its message says how. */
function giveUp(error: unknown): never {
	say(error instanceof Error ? error.message : String(error));
	process.exit(1);
}

async function main(): Promise<void> {
	const settings = readSettings();
	// Where the reader of the log goes away, logging ends; pino's own stream can wait for it for ever at the exit.
	process.stdout.on("error", () => undefined);
	const logs = new LogBook({ out: process.stdout, shown: settings.logLevel });
	const log = pino({ level: settings.keptLogLevel, base: null }, logs);
	const hub = await openHub(settings, log, { logs });
	welcome(settings, hub);
	const systemd = tellSystemd(log);
	let isLeaving = false;
	const leave = async (why: string): Promise<void> => {
		if (isLeaving) return;
		isLeaving = true;
		log.info({ why }, "closing");
		systemd.stopping();
		await hub.close();
		process.exit(0);
	};
	process.on("SIGTERM", () => void leave("SIGTERM"));
	process.on("SIGINT", () => void leave("SIGINT"));
	if (process.env.KASSAHUB_SUPERVISED === "1") {
		process.stdin.on("end", () => void leave("who started it is gone"));
		process.stdin.resume();
	}
}

main().catch(giveUp);

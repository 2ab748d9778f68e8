import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type JournalHead, JournalHead as JournalHeadSchema, journalHead } from "@kassahub/contracts/journal-head.ts";
import { acknowledgementTopic } from "@kassahub/contracts/relay-batch.ts";
import { pino } from "pino";
import { Compile } from "typebox/compile";
import { Backoff } from "./backoff.ts";
import { Connection } from "./connection.ts";
import { Cursor } from "./cursor.ts";
import { HubUnreachable, type Identity, JournalSource } from "./journal-source.ts";
import { Relay } from "./relay.ts";
import { readSettings } from "./settings.ts";
import { StateReport } from "./state.ts";

const NEARBY_LARGEST_MS = 2_000;

// Where the reader of the log goes away, logging ends; pino's own stream can wait for it for ever at the exit.
process.stdout.on("error", () => undefined);
const log = pino({ name: "cloud-relay", level: process.env.KASSAHUB_LOG ?? "info" }, process.stdout);
const settings = readSettings(process.env);
const leaving = new AbortController();
process.once("SIGTERM", () => leaving.abort());
process.once("SIGINT", () => leaving.abort());
if (process.env.KASSAHUB_SUPERVISED === "1") {
	// The hub holds the other end: however it dies, this pipe closes.
	process.stdin.resume().once("end", () => leaving.abort());
}

const source = new JournalSource(settings.hub.httpUrl, settings.hub.token);
const report = new StateReport(() => new Date());

const hub = new Connection(
	{
		url: settings.hub.mqttUrl,
		username: settings.hub.username,
		password: settings.hub.password,
		clientId: settings.hub.username,
		subscriptions: [journalHead.topic],
		will: () => report.will(),
	},
	new Backoff(Math.random),
	log.child({ link: "hub" }),
);
report.publishOn(hub);
hub.open();

const identity = await findIdentity();
if (identity) await relayUntilTold(identity);
await report.close();
await hub.close();
source.close();
process.exit(0);

/** Which box and shop this is, as soon as the hub answers; undefined when told to leave first. */
async function findIdentity(): Promise<Identity | undefined> {
	const backoff = new Backoff(Math.random);
	while (!leaving.signal.aborted) {
		try {
			return await source.identity();
		} catch (error) {
			if (!(error instanceof HubUnreachable)) throw error;
			const waitMs = backoff.next();
			log.warn({ code: error.code, reason: error.message, waitMs }, "the hub does not answer");
			await wait(waitMs, undefined, { signal: leaving.signal }).catch(() => undefined);
		}
	}
	return undefined;
}

async function relayUntilTold(identity: Identity): Promise<void> {
	const { shop, box } = identity;
	const upstream = new Connection(
		{
			...settings.cloud,
			clientId: `kassahub-${shop.id}-${box}`,
			subscriptions: [acknowledgementTopic(shop.id, box)],
		},
		new Backoff(Math.random, isOnThisMachine(settings.cloud.url) ? NEARBY_LARGEST_MS : undefined),
		log.child({ link: "cloud" }),
	);
	const relay = new Relay({
		identity,
		source,
		upstream,
		cursor: new Cursor(join(settings.dataDir, "cursor.json"), box),
		report,
		random: Math.random,
		now: () => performance.now(),
		log,
	});
	const validator = Compile(JournalHeadSchema);
	hub.on("message", (_topic, payload) => {
		const head = parse(payload);
		if (validator.Check(head)) relay.grow(head);
	});
	upstream.open();
	log.info({ shop: shop.id, box }, "relaying");
	leaving.signal.addEventListener("abort", () => relay.close());
	if (leaving.signal.aborted) relay.close();
	await relay.run();
	await upstream.close();
}

/** A back office in the same box is only ever away for its start, and spares nobody by being asked seldom. */
function isOnThisMachine(url: string): boolean {
	return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

function parse(payload: Buffer): JournalHead | undefined {
	try {
		return JSON.parse(payload.toString("utf8"));
	} catch {
		return undefined;
	}
}

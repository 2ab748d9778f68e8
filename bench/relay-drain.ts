// `node bench/relay-drain.ts [--rows 50000] [--office]`: how fast a relay empties a full journal, and what a sale costs
// on the line. Prints one line of JSON. With --office also how fast the back office books it, in both kinds of store.
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { zstdDecompressSync } from "node:zlib";
import { acknowledgementTopic, type BatchHeader, batchTopic } from "@kassahub/contracts/relay-batch.ts";
import { connectAsync } from "mqtt";
import type { TestChain } from "../cloud/chain-of-sales.ts";
import { ThrowawayPostgres } from "../cloud/store/throwaway-postgres.ts";
import { JournalServer } from "../tests/journal-server.ts";
import { Mosquitto } from "../tests/mosquitto.ts";
import { RelayLine } from "../tests/relay-line.ts";
import { journalOfSales } from "./journal-of-sales.ts";

/** Linux counts a process's time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

const { values } = parseArgs({ options: { rows: { type: "string", default: "50000" }, office: { type: "boolean" } } });
const rows = Number(values.rows);
const chain = journalOfSales(rows);
const jsonBytes = chain.lines.reduce(
	(sum, line) => sum + Buffer.byteLength(JSON.stringify(JSON.parse(line).payload)),
	0,
);

/** Processor time a process has used, all threads, in seconds. */
function cpuSeconds(child: ChildProcess): number {
	const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
	return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The relay alone: the other side only says that it has everything, so that nothing else is the slowest. */
async function drain(): Promise<object> {
	await using mosquitto = new Mosquitto();
	await mosquitto.start();
	const url = `mqtt://127.0.0.1:${mosquitto.port}`;
	await using line = new RelayLine(new JournalServer(chain.box, chain.lines));
	await line.open({ broker: { ...mosquitto, url } });
	const cloud = await connectAsync(url, { username: mosquitto.username, password: mosquitto.password });
	await cloud.subscribeAsync(batchTopic("vijzel"), { qos: 1 });
	let sentBytes = 0;
	let batches = 0;
	let startedAt = 0;
	let startedCpu = 0;
	let relay: ChildProcess | undefined;
	const done = new Promise<void>((resolve) => {
		cloud.on("message", (_topic, payload) => {
			const text = zstdDecompressSync(payload).toString("latin1");
			const { first, last, count }: BatchHeader = JSON.parse(text.slice(0, text.indexOf("\n")));
			if (first === 1 && relay) {
				// From the first batch on: starting Node and connecting are no part of draining.
				startedAt = performance.now();
				startedCpu = cpuSeconds(relay);
			} else {
				sentBytes += payload.length;
				batches++;
			}
			if (first === 1) rowsBefore = count;
			const ack = { v: 1, box: chain.box, number: last, hash: chain.hashes[last], at: new Date().toISOString() };
			cloud.publish(acknowledgementTopic("vijzel", chain.box), JSON.stringify(ack), { qos: 1 });
			if (last === rows) resolve();
		});
	});
	let rowsBefore = 0;
	relay = line.start("cloud-relay");
	await done;
	const seconds = (performance.now() - startedAt) / 1000;
	const cpu = cpuSeconds(relay) - startedCpu;
	await cloud.endAsync();
	const measured = rows - rowsBefore;
	return {
		eventsPerSecond: Math.round(measured / seconds),
		cpuMicrosecondsPerEvent: Number(((cpu / measured) * 1e6).toFixed(2)),
		eventsPerSecondPerCore: Math.round(measured / cpu),
		bytesPerSale: Number((sentBytes / measured).toFixed(1)),
		jsonBytesPerSale: Number((jsonBytes / rows).toFixed(1)),
		shareOfJson: Number((sentBytes / measured / (jsonBytes / rows)).toFixed(3)),
		rowsPerBatch: Math.round(measured / batches),
	};
}

/** Relay and back office together, from the first row in the books to the last. */
async function bookAll(journal: TestChain, databaseUrl?: string): Promise<object> {
	await using line = new RelayLine(new JournalServer(journal.box, journal.lines));
	await line.open(databaseUrl ? { databaseUrl } : {});
	const office = line.start("cloud");
	line.start("cloud-relay");
	while ((await line.stored()) === 0) await pause();
	const startedAt = performance.now();
	const startedCpu = cpuSeconds(office);
	const before = await line.stored();
	while ((await line.stored()) < rows) await pause();
	const seconds = (performance.now() - startedAt) / 1000;
	const figures = {
		eventsPerSecond: Math.round((rows - before) / seconds),
		officeCpuMicrosecondsPerEvent: Math.round(((cpuSeconds(office) - startedCpu) / (rows - before)) * 1e6),
	};
	await line.end("cloud", "SIGTERM");
	return figures;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

const relay = await drain();
if (!values.office) console.log(JSON.stringify({ rows, relay }));
else {
	const embedded = await bookAll(chain);
	using postgres = new ThrowawayPostgres();
	const server = await bookAll(chain, postgres.url);
	console.log(JSON.stringify({ rows, relay, office: { embedded, server } }));
}

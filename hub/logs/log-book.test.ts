import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { LogLine } from "@kassahub/contracts/log-line.ts";
import pino from "pino";
import { Compile } from "typebox/compile";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTryShop, type TryShop } from "../api/try-shop.ts";
import { Child } from "../supervise/child.ts";
import { LogBook } from "./log-book.ts";
import { LogFiles } from "./log-files.ts";

let folder: string;
let shop: TryShop | undefined;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "kassahub-logs-"));
});
afterEach(async () => {
	await shop?.[Symbol.asyncDispose]();
	shop = undefined;
	rmSync(folder, { recursive: true, force: true });
});

const messages = (lines: string[]): unknown[] => lines.map((line) => (JSON.parse(line) as LogLine).msg);
const isLine = Compile(LogLine);

test("every line has a level, a time and a part, whoever said it, and what is no JSON is kept as words", async () => {
	const book = new LogBook();
	pino({ base: null }, book).child({ part: "broker" }).warn("cut");
	pino({ base: null }, book).info("open");
	const said = [
		'{"level":30,"time":1,"name":"cloud","msg":"hearing"}',
		'{"level":40,"time":2,"part":"firmware-bridge","msg":"lost"}',
		"Warning: words",
		'{"level":"x"}',
		"[1]",
		"null",
		"x".repeat(100_000),
	];
	const stream = Readable.from([said.join("\n")]);
	book.take("cloud", stream, "out");
	await new Promise((resolve) => stream.once("close", resolve));
	const lines = book.lines({}).map((line) => JSON.parse(line) as LogLine);
	for (const line of lines) expect([...isLine.Errors(line)]).toEqual([]);
	expect(lines.map(({ part }) => part)).toEqual(
		["broker", "hub", "cloud", "firmware-bridge", ...Array(5).fill("cloud")].slice(0, lines.length),
	);
	expect(lines.length).toBe(9);
	expect(lines.at(-1)?.msg?.length).toBe(16 * 1024);
});

test("lines are asked for by part, level and time, and only the loud ones are shown", () => {
	const shown: string[] = [];
	const book = new LogBook({ shown: "warn", out: { write: (text) => shown.push(text) } });
	const log = pino({ base: null, level: "info" }, book);
	log.child({ part: "broker" }).info("quiet");
	log.child({ part: "broker" }).error("loud");
	log.child({ part: "api" }).warn("api");
	expect(messages(book.lines({ part: "broker" }))).toEqual(["quiet", "loud"]);
	expect(messages(book.lines({ level: "warn" }))).toEqual(["loud", "api"]);
	expect(messages(book.lines({ level: "warn" }, 1))).toEqual(["api"]);
	expect(book.lines({ sinceMs: Date.now() + 1000 })).toEqual([]);
	expect(messages(shown)).toEqual(["loud", "api"]);
});

test("memory holds the newest lines only, however much is said", () => {
	const book = new LogBook();
	for (let number = 0; number < 12_000; number++) book.write(`{"level":30,"time":${number},"msg":"${number}"}\n`);
	expect(book.lines({})).toHaveLength(5000);
	expect(messages(book.lines({}).slice(-1))).toEqual(["11999"]);
	for (let number = 0; number < 1000; number++) book.write(`{"level":30,"time":1,"msg":"${"y".repeat(15_000)}"}\n`);
	expect(book.lines({}).join("").length).toBeLessThan(2.1 * 1024 * 1024);
});

test("files are turned over and bounded, and hold what was said last", async () => {
	const files = new LogFiles({ folder, files: 3, fileBytesMax: 1000 });
	for (let number = 0; number < 100; number++) {
		files.add(`line ${number} ${"z".repeat(80)}`, false);
		if (number % 5 === 4) await files.write();
	}
	await files.close();
	expect(readdirSync(folder).sort()).toEqual(["kassahub.1.log", "kassahub.2.log", "kassahub.log"]);
	for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1000);
	expect(readFileSync(join(folder, "kassahub.log"), "utf8").trimEnd().split("\n").at(-1)).toMatch(/^line 99 /);
	expect(statSync(join(folder, "kassahub.log")).mode & 0o077).toBe(0);
});

test("quiet lines wait to be written together; an error is written at once", async () => {
	const files = new LogFiles({ folder });
	files.add("quiet", false);
	expect(readdirSync(folder)).toEqual([]);
	files.add("error", true);
	await files.close();
	expect(readFileSync(join(folder, "kassahub.log"), "utf8")).toBe("quiet\nerror\n");
});

test("a log that cannot be written stops nothing", async () => {
	const blocked = join(folder, "file");
	writeFileSync(blocked, "");
	const files = new LogFiles({ folder: join(blocked, "logs") });
	files.add("lost", true);
	await expect(files.close()).resolves.toBeUndefined();
});

test("what was said before the last stop can be looked up after a start", async () => {
	const first = new LogBook();
	first.write('{"level":50,"time":1,"part":"hub","msg":"before the files"}\n');
	const files = first.keepIn(folder);
	first.write('{"level":50,"time":2,"part":"hub","msg":"the end is near"}\n');
	await files.close();
	const second = new LogBook();
	second.write('{"level":30,"time":3,"msg":"again"}\n');
	await second.keepIn(folder).close();
	expect(messages(second.lines({}))).toEqual(["before the files", "the end is near", "again"]);
	expect(readFileSync(join(folder, "kassahub.log"), "utf8").match(/near/g)).toHaveLength(1);
});

test("a part's last words are in the log, and the reason that it ended", async () => {
	const script = join(folder, "part.mjs");
	writeFileSync(script, 'process.stdout.write("hello\\n"); throw new TypeError("no such shop");');
	const book = new LogBook();
	const child = new Child({ name: "cloud", script, environment: {} }, pino({ enabled: false }), book);
	child.start();
	await new Promise<void>((resolve) => {
		book.on("line", () => messages(book.lines({})).some((msg) => `${msg}`.includes("Node.js v")) && resolve());
	});
	while (!child.status.lastStop) await new Promise((resolve) => setTimeout(resolve, 10));
	expect(child.status.lastStop.reason).toBe("ended with 1: TypeError: no such shop");
	expect(messages(book.lines({ level: "error", part: "cloud" }))).toContainEqual("TypeError: no such shop");
	expect(messages(book.lines({ part: "cloud" }))).toContain("hello");
	await child.stop();
});

test("the log is asked for over REST by part and level, and followed live", async () => {
	shop = await openTryShop();
	const log = pino({ base: null }, shop.logs);
	log.child({ part: "broker" }).warn("before");
	log.info("quiet");
	const answer = await shop.ask("technician", "GET", "/logs?level=warn");
	expect([answer.headers["content-type"], messages(answer.body.trim().split("\n"))]).toEqual([
		expect.stringContaining("application/x-ndjson"),
		["before"],
	]);
	expect((await shop.ask("technician", "GET", "/logs?part=none")).body).toBe("");
	expect((await shop.ask("technician", "GET", "/logs?level=loud")).statusCode).toBe(400);
	const url = await shop.app.listen({ port: 0, host: "127.0.0.1" });
	const headers = { authorization: `Bearer ${shop.tokens.technician}` };
	const following = await fetch(`${url}/api/v1/logs?follow=true&level=warn`, { headers });
	const reader = (following.body as ReadableStream<Uint8Array>).getReader();
	const next = async (): Promise<unknown[]> => {
		const { value } = await reader.read();
		return messages(new TextDecoder().decode(value).trim().split("\n"));
	};
	const heard = await next();
	log.error("after");
	heard.push(...(await next()));
	await reader.cancel();
	expect(heard).toEqual(["before", "after"]);
});

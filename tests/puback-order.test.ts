import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RawRegister } from "./raw-register.ts";
import { saleNow } from "./sales.ts";
import { nowhere, Shop, until } from "./shop.ts";

type Step = { what: "publish" | "puback"; port: number } | { what: "flush-begun" | "flush-done"; thread: string };

/** The end of the journal's path, as strace writes it with -xx. */
const WAL = [...Buffer.from("/journal.db-wal")].map((byte) => `\\x${byte.toString(16)}`).join("");

/** The steps that matter, in the kernel's order, from strace's lines (`-f -yy -xx`), of the registers on these ports. */
function stepsFrom(trace: string, ports: ReadonlySet<number>): Step[] {
	const steps: Step[] = [];
	const unfinished = new Map<string, string>();
	for (const line of trace.split("\n")) {
		const [, thread = "", text = ""] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
		const isBegun = !text.startsWith("<...");
		const isDone = !text.includes("<unfinished");
		// What a call read or whose flush it was is known when it is done; what it began with was said at its start.
		const call = isBegun ? text : `${unfinished.get(thread)}${text}`;
		if (!isDone) unfinished.set(thread, text);
		if (/^(fdatasync|fsync)\(/.test(call) && call.includes(WAL)) {
			if (isBegun) steps.push({ what: "flush-begun", thread });
			if (isDone) steps.push({ what: "flush-done", thread });
		}
		const peer = Number(/<TCP:\[127\.0\.0\.1:\d+->127\.0\.0\.1:(\d+)\]>/.exec(call)?.[1]);
		if (!ports.has(peer)) continue;
		// MQTT 3.1.1 §2.2: PUBLISH QoS 1 begins with 0x32, PUBACK with 0x40.
		if (isDone && /^(read|recvfrom)\(/.test(call) && call.includes('"\\x32'))
			steps.push({ what: "publish", port: peer });
		if (isBegun && /^(write|writev|sendto|sendmsg)\(/.test(call) && call.includes('"\\x40')) {
			steps.push({ what: "puback", port: peer });
		}
	}
	return steps;
}

/** The PUBACKs before which no journal flush both began and ended since their PUBLISH was read. */
function acknowledgedTooEarly(steps: Step[]): number {
	let tooEarly = 0;
	const readAt = new Map<number, number>();
	for (const [index, step] of steps.entries()) {
		if (step.what === "publish") readAt.set(step.port, index);
		if (step.what !== "puback") continue;
		const since = steps.slice(readAt.get(step.port) ?? index, index);
		const begun = since.findIndex((earlier) => earlier.what === "flush-begun");
		const isFlushed = begun >= 0 && since.slice(begun).some((later) => later.what === "flush-done");
		if (!isFlushed) tooEarly++;
	}
	return tooEarly;
}

test("a PUBACK without a flush since its PUBLISH is seen as too early", () => {
	const publish: Step = { what: "publish", port: 1 };
	const puback: Step = { what: "puback", port: 1 };
	const begun: Step = { what: "flush-begun", thread: "2" };
	const done: Step = { what: "flush-done", thread: "2" };
	expect(acknowledgedTooEarly([publish, begun, done, puback])).toBe(0);
	expect(acknowledgedTooEarly([begun, publish, done, puback])).toBe(1);
	expect(acknowledgedTooEarly([publish, begun, puback, done])).toBe(1);
});

test("every PUBACK leaves only after the journal was flushed since its PUBLISH was read", async () => {
	await using shop = await Shop.create({ cloud: await nowhere() });
	const { pid, mqttUrl } = await shop.start();
	const registers = await Promise.all(
		["kassa-1", "kassa-2", "kassa-3"].map(async (name) =>
			RawRegister.connect(mqttUrl, await shop.pair("register", name)),
		),
	);
	// Not beside devices.yaml: the hub watches that folder, and would be traced reading of each line of its trace.
	const traceFile = join(shop.dataDir, "trace");
	const strace = spawn("strace", [
		"-f",
		"-yy",
		"-xx",
		"-s",
		"8",
		"-o",
		traceFile,
		"-e",
		"trace=read,recvfrom,write,writev,sendto,sendmsg,fsync,fdatasync",
		"-p",
		String(pid),
	]);
	let words = "";
	strace.stderr.on("data", (chunk) => {
		words += chunk;
	});
	await until("strace to attach (as root, or with ptrace allowed)", () => {
		if (strace.exitCode !== null) throw new Error(`strace could not attach: ${words}`);
		return words.includes("attached") || undefined;
	});
	const sold = await Promise.all(
		registers.map(async (register, index) => {
			const acknowledged: boolean[] = [];
			for (let sale = 0; sale < 20; sale++) acknowledged.push(await register.sell(saleNow(`kassa-${index + 1}`)));
			return acknowledged;
		}),
	);
	const ports = new Set(registers.map((register) => register.socket.localPort as number));
	for (const register of registers) register.close();
	strace.kill("SIGINT");
	await once(strace, "exit");
	expect(sold.flat()).toEqual(Array(60).fill(true));
	const steps = stepsFrom(readFileSync(traceFile, "utf8"), ports);
	expect(steps.filter((step) => step.what === "publish")).toHaveLength(60);
	expect(steps.filter((step) => step.what === "puback")).toHaveLength(60);
	expect(acknowledgedTooEarly(steps)).toBe(0);
});

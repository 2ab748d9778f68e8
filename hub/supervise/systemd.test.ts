import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterEach, expect, test } from "vitest";
import { tellSystemd } from "./systemd.ts";

const log = pino({ enabled: false });
let systemd: ChildProcess | undefined;
afterEach(() => systemd?.kill());

/** The listening side of sd_notify(3): a datagram socket, as systemd binds it; what it hears comes out as lines. */
const LISTENER = `
use Socket; use IO::Select; $| = 1;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0); bind($s, pack_sockaddr_un($ARGV[0])); print "listening\\n";
while (1) { recv($s, my $b, 4096, 0); $b =~ s/\\n/ /g; print "$b\\n"; }
`;

async function listen(): Promise<{ socket: string; heard: (words: string) => Promise<void> }> {
	const socket = join(mkdtempSync(join(tmpdir(), "systemd-")), "notify");
	const child = spawn("perl", ["-e", LISTENER, socket]);
	systemd = child;
	const lines: string[] = [];
	child.stdout.on("data", (bytes: Buffer) => lines.push(...bytes.toString().split("\n").filter(Boolean)));
	const heard = async (words: string): Promise<void> => {
		while (!lines.some((line) => line.includes(words))) await once(child.stdout, "data");
	};
	await heard("listening");
	return { socket, heard };
}

test("systemd is told when the hub is open, that it is alive, and when it stops", async () => {
	const { socket, heard } = await listen();
	const told = tellSystemd(log, { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "200000" });
	await heard("READY=1");
	await heard("WATCHDOG=1");
	told.stopping();
	await heard("STOPPING=1");
});

test("a hub that nobody watches over tells nobody", () => {
	expect(() => tellSystemd(log, {}).stopping()).not.toThrow();
});

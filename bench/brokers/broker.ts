import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import type { Login } from "../load.ts";

/** A broker in its own process, ready to take connections on loopback. */
export type RunningBroker = {
	port: number;
	pid: number;
	/** Whether a PUBACK of this broker says that the message was flushed to disk. */
	login(name: string): Login;
	stop(): Promise<void>;
};

export type BrokerUnderTest = {
	name: string;
	/** What its PUBACK promises. */
	promise: "flushed before PUBACK" | "not durable";
	start(): Promise<RunningBroker>;
};

export const anonymous = (name: string): Login => ({ clientId: name, username: name, password: "bench" });

export async function takesConnections(port: number, child: ChildProcess, withinMs = 60_000): Promise<void> {
	const deadline = performance.now() + withinMs;
	for (;;) {
		if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
		const socket = connect(port, "127.0.0.1");
		const isOpen = await new Promise<boolean>((resolve) => {
			socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
		});
		socket.destroy();
		if (isOpen) return;
		if (performance.now() > deadline) throw new Error(`${child.spawnfile} took no connection within ${withinMs} ms`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

/** Starts a program quietly; `stop` ends it and waits. */
export function runQuietly(command: string, args: string[], environment: Record<string, string> = {}) {
	const child = spawn(command, args, {
		env: { ...process.env, ...environment },
		stdio: ["ignore", "ignore", "ignore"],
	});
	const stop = async (): Promise<void> => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		const ended = once(child, "exit");
		child.kill("SIGTERM");
		const deadline = setTimeout(() => child.kill("SIGKILL"), 15_000);
		await ended;
		clearTimeout(deadline);
	};
	return { child, stop };
}

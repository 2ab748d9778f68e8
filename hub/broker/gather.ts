import type { Duplex } from "node:stream";

let held = new Set<Duplex>();

/**
 * Holds back what is written to a connection for two turns of the event loop: aedes writes each message in an immediate
 * of its own, and a system call for each would cost more than all the rest. Two turns, since what is delivered now is
 * written in the next.
 */
export function gatherWrites(connection: Duplex): void {
	if (held.has(connection)) return;
	if (held.size === 0) setImmediate(setImmediate, release);
	held.add(connection);
	connection.cork();
}

function release(): void {
	const released = held;
	held = new Set();
	for (const connection of released) connection.uncork();
}

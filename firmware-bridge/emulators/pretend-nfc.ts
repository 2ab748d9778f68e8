/**
 * Stands in for nfc-pcsc in the process that serves the readers, for what virtual readers can't show: one of them pulled
 * out, and errors under odd names. `pretendNfc` puts it there by NODE_OPTIONS; it is told what to do on a socket.
 */
import { EventEmitter, once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { registerHooks } from "node:module";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

type Order = { reader: string; event: "plug" | "unplug" | "card" | "card.off" | "fail" };

/** The socket that stands in for pcscd's; it carries the orders too. */
const path = process.env.PCSCLITE_CSOCK_NAME ?? "";

export class NFC extends EventEmitter {
	readonly #readers = new Map<string, EventEmitter>();

	constructor() {
		super();
		createInterface(connect(path)).on("line", (line) => this.#obey(JSON.parse(line)));
	}

	#obey({ reader: name, event }: Order): void {
		const reader = this.#readers.get(name);
		if (event === "plug") {
			const added = Object.assign(new EventEmitter(), {
				name,
				transmit: async () => Buffer.from("deadbeef9000", "hex"),
			});
			this.#readers.set(name, added);
			this.emit("reader", added);
		}
		if (event === "unplug") reader?.emit("end");
		if (event === "card") reader?.emit("card", { atr: Buffer.from("3b80800101", "hex") });
		if (event === "card.off") reader?.emit("card.off", {});
		// As nfc-pcsc does: the error where the name of an event should be.
		if (event === "fail") reader?.emit(new Error("connecting failed") as unknown as string);
	}
}

if (process.env.KASSAHUB_PRETEND_NFC === path) {
	registerHooks({
		resolve: (name, context, next) => {
			if (name !== "nfc-pcsc") return next(name, context);
			if (process.env.KASSAHUB_NFC_UNBUILT) throw new Error("Could not locate the bindings file. Tried:\n → /…");
			return { url: import.meta.url, shortCircuit: true };
		},
	});
}

/** Starts a stand-in for pcscd whose readers do as they are told; or where the module was never built. */
export async function pretendNfc({
	isBuilt = true,
} = {}): Promise<{ order(reader: string, event: Order["event"]): void; close(): void }> {
	const folder = await mkdtemp(join(tmpdir(), "pretend-nfc-"));
	const socketPath = join(folder, "pcscd.comm");
	const served = new Set<Socket>();
	const orders: string[] = [];
	const server = createServer((socket) => {
		// Some only look whether pcscd is there, and leave at once.
		served.add(socket);
		socket.on("error", () => undefined);
		socket.once("close", () => served.delete(socket));
		for (const order of orders) socket.write(order);
	}).listen(socketPath);
	await once(server, "listening");
	process.env.PCSCLITE_CSOCK_NAME = socketPath;
	process.env.KASSAHUB_PRETEND_NFC = socketPath;
	if (!isBuilt) process.env.KASSAHUB_NFC_UNBUILT = "1";
	process.env.NODE_OPTIONS = `--import ${import.meta.url}`;
	return {
		order: (reader, event) => {
			const order = `${JSON.stringify({ reader, event } satisfies Order)}\n`;
			orders.push(order);
			for (const socket of served) socket.write(order);
		},
		close: () => {
			for (const socket of served) socket.destroy();
			server.close();
			rmSync(folder, { recursive: true });
			for (const name of ["PCSCLITE_CSOCK_NAME", "KASSAHUB_PRETEND_NFC", "KASSAHUB_NFC_UNBUILT", "NODE_OPTIONS"])
				delete process.env[name];
		},
	};
}

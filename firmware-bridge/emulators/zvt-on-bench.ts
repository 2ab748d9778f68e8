import { createServer, type Socket } from "node:net";
import { SerialCable } from "./pty.ts";
import type { TerminalOnBench } from "./terminal-on-bench.ts";
import { EmulatedZvtTerminal, type ZvtFaults } from "./zvt.ts";
import { BlockPort, type CableFaults } from "./zvt-block.ts";
import { ApduCutter } from "./zvt-bytes.ts";
import type { Line } from "./zvt-line.ts";
import type { ZvtModel } from "./zvt-model.ts";

export type ZvtOnBench = TerminalOnBench & {
	readonly terminal: EmulatedZvtTerminal;
	suffer(faults: Partial<ZvtFaults>): void;
};

/** How messages are cut into TCP segments: as they are, a byte each, or an answer together with the message after it. */
export type Segments = "whole" | "bytes" | "joined";

const offered = (terminal: EmulatedZvtTerminal) => ({
	terminal,
	charges: terminal.memory.charges,
	next: terminal.next.bind(terminal),
	onMessage: terminal.counter.hook.bind(terminal.counter),
	misbehave: terminal.misbehave.bind(terminal),
	suffer: terminal.suffer.bind(terminal),
});

/** Starts a terminal on a TCP port; 0 takes any free one. */
export async function startZvtOnTcp({
	port = 0,
	model = {},
	segments = "whole",
}: {
	port?: number;
	model?: Partial<ZvtModel>;
	segments?: Segments;
} = {}): Promise<ZvtOnBench> {
	const terminal = new EmulatedZvtTerminal({ model });
	let current: { line: Line; socket: Socket } | undefined;
	const server = createServer((socket) => {
		socket.setNoDelay(true);
		socket.on("error", () => undefined);
		const send = segmented(socket, segments);
		// What was sent before still leaves: a cut cable does not take back what arrived.
		const line = terminal.connect({ send, close: () => socket.destroySoon() });
		current = { line, socket };
		const cutter = new ApduCutter();
		socket.on("data", (bytes) => {
			for (const message of cutter.push(bytes)) line.receive(message);
		});
		socket.on("close", () => line.lose());
		socket.on("end", () => line.lose());
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", resolve);
	});
	const address = server.address();
	const listening = address && typeof address === "object" ? address.port : port;
	return {
		...offered(terminal),
		url: `tcp://127.0.0.1:${listening}`,
		cutLink: () => current?.line.lose(),
		restoreLink: async () => undefined,
		powerCycle: async () => terminal.powerCycle(),
		close: async () => {
			current?.line.lose();
			current?.socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

function segmented(socket: Socket, segments: Segments): (bytes: Uint8Array) => void {
	let held = Buffer.alloc(0);
	const write = (bytes: Uint8Array): void => {
		if (!socket.destroyed) socket.write(bytes);
	};
	if (segments === "whole") return write;
	if (segments === "bytes") {
		return (bytes) => {
			for (const byte of bytes) write(Uint8Array.of(byte));
		};
	}
	return (bytes) => {
		held = Buffer.concat([held, bytes]);
		setImmediate(() => {
			if (held.length > 0) write(held);
			held = Buffer.alloc(0);
		});
	};
}

export type ZvtOnCable = ZvtOnBench & { sufferOnCable(faults: Partial<CableFaults>): void };

/** Starts a terminal at the end of a serial cable whose port appears at `path`. */
export async function startZvtOnCable({
	path,
	model = {},
	blockMs = 5000,
}: {
	path: string;
	model?: Partial<ZvtModel>;
	/** So long it waits for ACK. */
	blockMs?: number;
}): Promise<ZvtOnCable> {
	const terminal = new EmulatedZvtTerminal({ model });
	let isCut = false;
	let line: Line | undefined;
	const port: BlockPort = new BlockPort(
		(bytes) => {
			if (!isCut) cable.send(bytes);
		},
		(message) => {
			// A cable does not say when the hub comes and goes: the first message after a loss is a new beginning.
			if (!line || line.isLost)
				line = terminal.connect({ send: (bytes) => port.send(bytes), close: () => port.reset() });
			line.receive(message);
		},
		blockMs,
	);
	const cable: SerialCable = new SerialCable(path, (bytes) => {
		if (!isCut) port.receive(bytes);
	});
	await cable.plugIn();
	return {
		...offered(terminal),
		url: `serial://${path}`,
		sufferOnCable: (faults) => port.suffer(faults),
		cutLink: () => {
			isCut = true;
			line?.lose();
			port.reset();
		},
		restoreLink: async () => {
			isCut = false;
		},
		powerCycle: async () => {
			terminal.powerCycle();
			port.reset();
		},
		close: async () => {
			line?.lose();
			port.reset();
			await cable.unplug();
		},
	};
}

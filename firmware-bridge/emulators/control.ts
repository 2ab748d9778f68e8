import { createServer, type IncomingMessage } from "node:http";
import type { DisplayOnCable } from "./displays.ts";
import { drawPaper } from "./drawing.ts";
import type { EmulatedPrinter } from "./escpos.ts";
import { paperText } from "./paper.ts";
import type { ScaleOnCable } from "./scale-on-cable.ts";
import { readMisbehaviour, readPayment, type TerminalOnBench } from "./terminal-on-bench.ts";

export type Bench = {
	printer?: EmulatedPrinter | undefined;
	scale?: ScaleOnCable | undefined;
	display?: DisplayOnCable | undefined;
	terminal?: TerminalOnBench | undefined;
};

const BODY_BYTES_MAX = 4096;

/** Serves a bench's controls on loopback: GET shows, POST sets, `…/misbehave` spoils, `…/unplug` and `…/replug` pull cables. */
export async function startControl({ port, printer, scale, display, terminal }: Bench & { port: number }): Promise<{
	port: number;
	close(): Promise<void>;
}> {
	const actions: Record<string, ((change: Record<string, never>) => unknown) | undefined> = {
		"POST /printer": printer && ((change) => printer.set(change)),
		"POST /printer/misbehave": printer && ((change) => printer.misbehave(change)),
		"POST /printer/unplug": printer && (() => printer.unplug()),
		"GET /printer":
			printer && (() => ({ ...printer.condition, papers: printer.papers.length, drawerPulses: printer.drawerPulses })),
		"POST /scale": scale && ((change) => scale.set(change)),
		"POST /scale/misbehave": scale && ((change) => scale.misbehave(change)),
		"POST /scale/unplug": scale && (() => scale.unplug()),
		"POST /scale/replug": scale && (() => scale.replug()),
		"GET /scale": scale && (() => scale.condition),
		"GET /display": display && (() => ({ lines: display.lines })),
		"POST /display/power": display && (() => display.switchOffAndOn()),
		"POST /display/unplug": display && (() => display.unplug()),
		"POST /display/replug": display && (() => display.replug()),
		"POST /terminal": terminal && ((payment) => terminal.next(readPayment(payment))),
		"POST /terminal/misbehave": terminal && (({ how }) => terminal.misbehave(readMisbehaviour(how))),
		"POST /terminal/unplug": terminal && (() => terminal.cutLink()),
		"POST /terminal/replug": terminal && (() => terminal.restoreLink()),
		"POST /terminal/power": terminal && (() => terminal.powerCycle()),
		"GET /terminal": terminal && (() => ({ url: terminal.url, charges: terminal.charges })),
	};
	const server = createServer(async (request, response) => {
		const route = `${request.method} ${request.url}`;
		if (printer && route === "GET /printer/last.svg") {
			response.setHeader("content-type", "image/svg+xml").end(drawPaper(printer.lastPaper));
			return;
		}
		if (printer && route === "GET /printer/last.txt") {
			response.setHeader("content-type", "text/plain; charset=utf-8").end(paperText(printer.lastPaper));
			return;
		}
		const action = actions[route];
		response.setHeader("content-type", "application/json");
		if (!action) {
			response.writeHead(404).end(JSON.stringify({ known: Object.keys(actions).filter((key) => actions[key]) }));
			return;
		}
		try {
			response.end(JSON.stringify((await action(await bodyOf(request))) ?? { status: "done" }));
		} catch (error) {
			response.writeHead(400).end(JSON.stringify({ error: error instanceof Error ? error.message : "bad request" }));
		}
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, "127.0.0.1", resolve);
	});
	const address = server.address();
	return {
		port: address && typeof address === "object" ? address.port : port,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, never>> {
	let text = "";
	for await (const chunk of request) {
		text += chunk;
		if (text.length > BODY_BYTES_MAX) throw new Error("too long");
	}
	if (text === "") return {};
	const value: unknown = JSON.parse(text);
	if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("not a JSON object");
	return value as Record<string, never>;
}

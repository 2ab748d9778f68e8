/**
 * A bench of emulated devices with a control port on loopback:
 *   node firmware-bridge/emulators/main.ts --printer 9100 --paper ./data/paper --scale /tmp/scale --control 9190
 * `--scale-kind dialog06|mt-sics|cas|nci|toledo8217` says which scale hangs there; the last unless given.
 * `--terminal 4100 --terminal-kind zvt|opi|nexo` puts a pin terminal on a port; `--hub-port` is where OPI's finds the hub.
 * `--display /tmp/display --display-kind cd5220|escpos` hangs a customer display on a cable; GET /display reads it.
 *   curl -d '{"does":"decline"}' localhost:9190/terminal    curl -d '{"how":"silent"}' localhost:9190/terminal/misbehave
 *   curl -d '{"paper":"out"}' localhost:9190/printer    curl -d '{"grams":456}' localhost:9190/scale
 *   curl -d '{"isMute":true}' localhost:9190/printer/misbehave    curl -O localhost:9190/printer/last.svg
 */
import { parseArgs } from "node:util";
import { startControl } from "./control.ts";
import { isDisplayKind, startDisplay } from "./displays.ts";
import { startPrinter } from "./escpos.ts";
import { isScaleKind, startScale } from "./scale-on-cable.ts";
import { isTerminalKind, startTerminal } from "./terminal-kinds.ts";

const { values } = parseArgs({
	options: {
		printer: { type: "string" },
		paper: { type: "string" },
		"line-ms": { type: "string", default: "20" },
		scale: { type: "string" },
		"scale-kind": { type: "string", default: "toledo8217" },
		display: { type: "string" },
		"display-kind": { type: "string", default: "cd5220" },
		terminal: { type: "string" },
		"terminal-kind": { type: "string", default: "zvt" },
		"hub-port": { type: "string", default: "4102" },
		control: { type: "string" },
	},
});

const printer =
	values.printer === undefined
		? undefined
		: await startPrinter({
				port: Number(values.printer),
				msPerLine: Number(values["line-ms"]),
				...(values.paper ? { paperDir: values.paper } : {}),
			});
const kind = values["scale-kind"];
if (!isScaleKind(kind)) throw new Error(`--scale-kind ${kind}: no such emulated scale`);
const scale = values.scale === undefined ? undefined : await startScale({ path: values.scale, kind });
const displayKind = values["display-kind"];
if (!isDisplayKind(displayKind)) throw new Error(`--display-kind ${displayKind}: no such emulated display`);
const display =
	values.display === undefined ? undefined : await startDisplay({ path: values.display, kind: displayKind });
const terminalKind = values["terminal-kind"];
if (!isTerminalKind(terminalKind)) throw new Error(`--terminal-kind ${terminalKind}: no such emulated terminal`);
const terminal =
	values.terminal === undefined
		? undefined
		: await startTerminal(terminalKind, { port: Number(values.terminal), hubPort: Number(values["hub-port"]) });
const control = await startControl({ port: Number(values.control ?? 0), printer, scale, display, terminal });
console.log(
	JSON.stringify({
		printer: printer?.port,
		scale: scale?.path,
		display: display?.path,
		terminal: terminal?.url,
		control: control.port,
	}),
);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
	process.once(signal, () => {
		void Promise.all([printer?.close(), scale?.close(), display?.close(), terminal?.close()]).finally(() =>
			process.exit(0),
		);
	});
}

/**
 * A bench of emulated devices with a control port on loopback:
 *   node firmware-bridge/emulators/main.ts --printer 9100 --paper ./data/paper --scale /tmp/scale --control 9190
 * `--scale-kind dialog06|mt-sics|cas|toledo8217` says which scale hangs there; the last unless given.
 *   curl -d '{"paper":"out"}' localhost:9190/printer    curl -d '{"grams":456}' localhost:9190/scale
 *   curl -d '{"isMute":true}' localhost:9190/printer/misbehave    curl -O localhost:9190/printer/last.svg
 */
import { parseArgs } from "node:util";
import { startControl } from "./control.ts";
import { startPrinter } from "./escpos.ts";
import { isScaleKind, startScale } from "./scale-on-cable.ts";

const { values } = parseArgs({
	options: {
		printer: { type: "string" },
		paper: { type: "string" },
		"line-ms": { type: "string", default: "20" },
		scale: { type: "string" },
		"scale-kind": { type: "string", default: "toledo8217" },
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
const control = await startControl({ port: Number(values.control ?? 0), printer, scale });
console.log(JSON.stringify({ printer: printer?.port, scale: scale?.path, control: control.port }));

for (const signal of ["SIGTERM", "SIGINT"] as const) {
	process.once(signal, () => void Promise.all([printer?.close(), scale?.close()]).finally(() => process.exit(0)));
}

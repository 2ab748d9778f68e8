import { defaultLabelRules } from "@kassahub/contracts/barcode/label-rules.ts";
import { Type } from "typebox";
import { Silence } from "../../silence.ts";
import { defineScanner } from "../define.ts";
import { WireError } from "../wire.ts";
import { readScan, Scans, scanSettings } from "./scans.ts";
import { decodeScan, splitScans, textOf } from "./serial-scanner-codec.ts";

const Settings = Type.Object(
	{
		suffix: Type.Enum(["cr", "cr-lf", "lf", "none"], {
			default: "cr",
			description: "What the scanner is set to send behind a code; cr also takes cr-lf. none: 50 ms of silence end it",
		}),
		...scanSettings,
	},
	{ additionalProperties: false },
);

/** A code is sent in one go: so long after its last byte nothing more of it comes. */
const END_MS = 50;
/** With a suffix set, silence is no end but a fault; serial servers on a network may be slow. */
const CUT_OFF_MS = 1000;

export const serialScanner = defineScanner({
	name: "scanner",
	title: "Barcode scanners on a serial port, USB serial (CDC) included (Zebra, Honeywell, Datalogic and others)",
	provenOn: "emulator only",
	schemes: ["serial", "tcp"],
	serial: { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1 },
	tcpPort: 4001,
	settings: Settings,
	wire: {
		frames: () => splitScans("cr"),
		explain(frame, direction) {
			const text = decodeScan(frame);
			if (direction === "out") throw new WireError("nothing is ever sent to a scanner");
			if (!text) throw new WireError(text === undefined ? "longer than any code" : "an empty code");
			return { ...readScan(text, defaultLabelRules) };
		},
	},
	async open(link, settings, report) {
		const scans = new Scans(report, settings);
		const splitter = splitScans(settings.suffix);
		const take = (frame: Uint8Array): void => {
			const text = decodeScan(frame);
			if (text === undefined) scans.tellSpoiled(textOf(frame), "longer than any code: is the suffix set right?");
			else if (text !== "") scans.tell(text);
		};
		const silence = new Silence(settings.suffix === "none" ? END_MS : CUT_OFF_MS, () => {
			const rest = splitter.end();
			if (!rest) return;
			const text = decodeScan(rest);
			if (settings.suffix === "none") take(rest);
			else if (text)
				scans.tellSpoiled(text, `no ${settings.suffix} came behind the code: is the scanner's suffix set?`);
		});
		link.listen((bytes) => {
			for (const frame of splitter.push(bytes)) take(frame);
			silence.heard();
		});
		return {
			watch: async () => {
				await link.gone;
				silence.stop();
			},
			perform: async () => scans.selfTest(),
		};
	},
});

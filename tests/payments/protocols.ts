import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeviceConfig } from "@kassahub/contracts/config.ts";
import { EmulatedNexo, POI_ID } from "../../firmware-bridge/emulators/nexo.ts";
import { EmulatedOpi } from "../../firmware-bridge/emulators/opi.ts";
import type { OpiModel } from "../../firmware-bridge/emulators/opi-messages.ts";
import type { TerminalOnBench } from "../../firmware-bridge/emulators/terminal-on-bench.ts";
import { startZvtOnCable, startZvtOnTcp } from "../../firmware-bridge/emulators/zvt-on-bench.ts";
import { freePort } from "../shop.ts";

export type PinTerminal = { bench: TerminalOnBench; device: DeviceConfig };
export type Protocol = { name: string; start(): Promise<PinTerminal> };

/** Patience as in a shop would make these tests last for hours; the order of what happens is the same. */
const zvtSettings = { waitMs: 50, answerMs: 1000, completionMs: 2000, characterMs: 100, blockMs: 300 };

async function startOpi(model: Partial<OpiModel>): Promise<PinTerminal> {
	const devicePort = await freePort();
	const bench = await new EmulatedOpi({ host: "127.0.0.1", port: devicePort }, model).listen();
	const patience = { answerMs: 1000, paymentMs: 4000, receiptMs: 200, settleMs: 300, pollMs: 50 };
	return { bench, device: { driver: "opi", link: bench.url, settings: { devicePort, ...patience } } };
}

/** Every protocol of a pin terminal, on a terminal of its own. */
export const protocols: readonly Protocol[] = [
	{
		name: "ZVT over TCP",
		async start() {
			const bench = await startZvtOnTcp();
			return { bench, device: { driver: "zvt", link: bench.url, settings: zvtSettings } };
		},
	},
	{
		// Such a terminal keeps what was approved though the hub never said that it heard so (sheet 7.5).
		name: "ZVT with transaction ids",
		async start() {
			const bench = await startZvtOnTcp({ model: { sendsTransactionIds: true } });
			const settings = { ...zvtSettings, offersTransactionIds: true };
			return { bench, device: { driver: "zvt", link: bench.url, settings } };
		},
	},
	{
		name: "ZVT over a serial cable",
		async start() {
			const path = join(mkdtempSync(join(tmpdir(), "zvt-")), "port");
			const bench = await startZvtOnCable({ path, model: { ackMs: 1000 }, blockMs: 300 });
			return { bench, device: { driver: "zvt", link: bench.url, settings: zvtSettings } };
		},
	},
	{ name: "OPI", start: () => startOpi({}) },
	{ name: "OPI that goes on without the hub", start: () => startOpi({ goesOn: true }) },
	{
		name: "nexo",
		async start() {
			const bench = await new EmulatedNexo({ limitMs: 1000 }).listen();
			const patience = { answerMs: 1000, paymentMs: 4000, pollMs: 50 };
			return { bench, device: { driver: "nexo", link: bench.url, settings: { poiId: POI_ID, ...patience } } };
		},
	},
];

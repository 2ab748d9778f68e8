import { defineTerminal } from "../define.ts";
import { ZvtSession } from "./zvt-session.ts";
import { ZvtSettings } from "./zvt-settings.ts";
import { zvtWire } from "./zvt-wire.ts";

export const zvt = defineTerminal({
	name: "zvt",
	title: "Pin terminals that speak ZVT (PA00P015), over the network or a serial cable",
	provenOn: "emulator only",
	speaks: "bytes",
	schemes: ["tcp", "serial"],
	tcpPort: 20_007,
	serial: { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 2 },
	settings: ZvtSettings,
	wire: zvtWire,
	async open(link, settings, report) {
		const session = new ZvtSession(link, settings, report);
		await session.begin();
		return session;
	},
});

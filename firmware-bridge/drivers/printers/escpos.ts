import { definePrinter } from "../define.ts";
import { EscposConversation } from "./escpos-conversation.ts";
import { EscposSettings } from "./escpos-settings.ts";
import { escposWire } from "./escpos-wire.ts";
import { readLogo } from "./logo.ts";

export const escpos = definePrinter({
	name: "escpos",
	title: "ESC/POS receipt printers (Epson TM and what is compatible), with the cash drawer on their plug",
	provenOn: "emulators on TCP, a serial cable and USB pipes, and a USB printer that a Linux kernel plays",
	// Epson's own default. Its DTR/DSR is RTS/CTS to the hub, by the usual cable: `flow=hardware` on the link.
	serial: { baudRate: 38_400, dataBits: 8, parity: "none", stopBits: 1 },
	tcpPort: 9100,
	settings: EscposSettings,
	actions: ["print", "print-text", "open-drawer", "self-test"],
	// The drawer and the self-test must not wait for a new roll of paper.
	actionsWhileDegraded: ["open-drawer", "self-test"],
	wire: escposWire,
	async open(link, settings, report) {
		const logo = await readLogo(settings);
		const conversation = new EscposConversation(link, settings, logo, report);
		await conversation.begin();
		return conversation;
	},
});

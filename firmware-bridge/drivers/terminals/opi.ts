import { defineTerminal } from "../define.ts";
import { OpiConversation } from "./opi-conversation.ts";
import { OpiSettings } from "./opi-settings.ts";
import { opiWire } from "./opi-wire.ts";

export const opi = defineTerminal({
	name: "opi",
	title: "Pin terminals that speak OPI (CCV and others): XML over two network connections",
	provenOn: "emulator only",
	speaks: "channels",
	schemes: ["tcp"],
	tcpPort: 4100,
	settings: OpiSettings,
	wire: opiWire,
	async open(pair, settings, report) {
		const conversation = new OpiConversation(pair, settings, report);
		await conversation.begin();
		return conversation;
	},
});

import { readFile } from "node:fs/promises";
import { DeviceError } from "../../fault.ts";
import { defineTerminal } from "../define.ts";
import { NexoConversation } from "./nexo-conversation.ts";
import type { SharedKey } from "./nexo-crypto.ts";
import { NexoSettings } from "./nexo-settings.ts";
import { nexoWire } from "./nexo-wire.ts";

export const nexo = defineTerminal({
	name: "nexo",
	title: "Adyen's pin terminals over the shop's own network (Terminal API, local, on nexo Retailer)",
	provenOn: "emulator only",
	speaks: "http",
	schemes: ["https", "http"],
	settings: NexoSettings,
	wire: nexoWire,
	async open(link, settings, report) {
		const key = await sharedKey(settings);
		if (!key && link.isSecure) throw invalid("https needs the setting passphraseFile");
		const conversation = new NexoConversation(link, settings, key, report);
		await conversation.begin();
		return conversation;
	},
});

async function sharedKey({ passphraseFile, keyIdentifier, keyVersion }: NexoSettings): Promise<SharedKey | undefined> {
	if (passphraseFile === undefined) return undefined;
	let text: string;
	try {
		text = await readFile(passphraseFile, "utf8");
	} catch (error) {
		throw invalid(`passphraseFile ${passphraseFile}: ${(error as NodeJS.ErrnoException).code}`);
	}
	const passphrase = text.replace(/\r?\n$/, "");
	if (passphrase === "") throw invalid(`passphraseFile ${passphraseFile} is empty`);
	return { passphrase, identifier: keyIdentifier, version: keyVersion };
}

const invalid = (detail: string): DeviceError => new DeviceError("DEVICE_CONFIG_INVALID", detail);

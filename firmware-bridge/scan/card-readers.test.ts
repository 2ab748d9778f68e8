import { expect, test } from "vitest";
import type { DevicePlan } from "../config.ts";
import { DeviceError } from "../fault.ts";
import { parseLink } from "../links/address.ts";
import { lookForCardReaders } from "./card-readers.ts";

const plan = (name: string, link: string): DevicePlan => ({
	name,
	link,
	driverName: "pcsc",
	fault: { code: "DEVICE_CONFIG_INVALID" },
});

test("each reader is proposed by a name that leads to it, and one in use by the link of its device", async () => {
	const names = async () => [
		"ACS ACR122U PICC Interface 00 00",
		"Identiv uTrust 3700 F [CL] 01 00",
		"ACS ACR1252 SAM 02 00",
	];
	const { seen } = await lookForCardReaders({ names, plugged: async () => [] }, [plan("nfc", "pcsc://acr122u")]);
	expect(seen.map(({ title, entry }) => [title, entry.link])).toEqual([
		["ACS ACR122U PICC Interface", "pcsc://acr122u"],
		["Identiv uTrust 3700 F [CL]", "pcsc://Identiv%20uTrust%203700%20F%20%5BCL%5D"],
	]);
	expect(parseLink(seen[1]?.entry.link ?? "", { speaks: "cards", schemes: ["pcsc"] })).toEqual({
		kind: "cards",
		reader: "Identiv uTrust 3700 F [CL]",
	});
});

test("without pcscd a reader that is plugged in is named with what to do; without a reader there is nothing to say", async () => {
	const away = () => Promise.reject(new DeviceError("NFC_PCSCD_AWAY", "nothing answers: is pcscd installed?"));
	expect(await lookForCardReaders({ names: away, plugged: async () => [] }, [])).toEqual({ seen: [], notes: [] });
	const { notes } = await lookForCardReaders({ names: away, plugged: async () => ["ACS ACR122U"] }, []);
	expect(notes).toEqual(["ACS ACR122U is plugged in, but nothing answers: is pcscd installed?"]);
	const broken = () => Promise.reject(new TypeError("our own bug"));
	await expect(lookForCardReaders({ names: broken, plugged: async () => [] }, [])).rejects.toThrow(TypeError);
});

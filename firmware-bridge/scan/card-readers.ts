import type { DevicePlan } from "../config.ts";
import { DeviceError } from "../fault.ts";
import { type Look, nothing, type Seen } from "./seen.ts";

type Readers = {
	/** As pcscd knows them. Throws a DeviceError. */
	names(): Promise<readonly string[]>;
	/** As the USB knows them. */
	plugged(): Promise<readonly string[]>;
};

/** NFC readers, by the names that pcscd has for them. Nothing is sent to them or to a card. */
export async function lookForCardReaders({ names, plugged }: Readers, plans: readonly DevicePlan[]): Promise<Look> {
	try {
		const free = plans.filter(({ link }) => link.startsWith("pcsc://"));
		const seen = (await names())
			// A slot for a key card inside the reader, which no customer can reach.
			.filter((name) => !/\bsam\b/i.test(name))
			.map((name): Seen => {
				const at = free.findIndex(({ link }) => name.toLowerCase().includes(wantedBy(link)));
				const [holder] = at < 0 ? [] : free.splice(at, 1);
				// pcscd numbers the readers of one make, in the order in which they were plugged in.
				const model = name.replace(/( \d\d)+$/, "");
				return {
					name: "nfc",
					entry: { driver: "pcsc", link: holder?.link ?? `pcsc://${encodeURIComponent(model)}` },
					title: model,
					because: `pcscd has it as ${name}`,
				};
			});
		return { seen, notes: [] };
	} catch (error) {
		if (!(error instanceof DeviceError)) throw error;
		// Most boxes have no reader, and no pcscd.
		const there = await plugged();
		return there.length === 0
			? nothing()
			: nothing(`${there.join(", ")} is plugged in, but ${error.detail ?? error.code}`);
	}
}

function wantedBy(link: string): string {
	const text = link.slice("pcsc://".length);
	try {
		return decodeURIComponent(text).toLowerCase();
	} catch {
		return text.toLowerCase();
	}
}

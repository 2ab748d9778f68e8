import { DeviceError } from "../fault.ts";
import { pause } from "../pause.ts";
import { Inbox } from "./inbox.ts";
import type { Identity, Link, Tap } from "./link.ts";
import { openUsbPipe, type UsbAddress } from "./usb-device.ts";
import type { UsbPipe } from "./usb-pipe.ts";

/** Some printers answer at once that they have nothing to say, and would be asked all the time. */
const SILENCE_MS = 20;
/** No device here says more than 16 kB a second for long; one that floods is asked no faster, and keeps nobody waiting. */
const MS_A_BYTE = 1000 / (16 * 1024);

/** Opens a printer on the USB, exclusively. Throws DEVICE_UNREACHABLE, or DEVICE_CONFIG_INVALID where two fit. */
export const openUsb = async (address: UsbAddress, tap: Tap): Promise<Link> =>
	linkOver(await openUsbPipe(address), tap);

/**
 * A stream of bytes over a printer's two bulk pipes. There is always a question under way on the IN pipe, which fails the
 * moment that the plug is pulled: no hot-plug event is needed to know that the device has left.
 */
export async function linkOver(pipe: UsbPipe, tap: Tap): Promise<Link> {
	const identity = await identityOf(pipe);
	const inbox = new Inbox();
	let reason: string | undefined;
	let isSending = false;
	let writing: Promise<void> = Promise.resolve();
	let tellGone: (error: DeviceError) => void = () => undefined;
	const gone = new Promise<DeviceError>((tell) => {
		tellGone = tell;
	});
	const leave = (why: string): DeviceError => {
		reason ??= why;
		const error = new DeviceError("DEVICE_UNREACHABLE", reason);
		tellGone(error);
		return error;
	};

	async function listen(): Promise<void> {
		while (reason === undefined) {
			try {
				const bytes = await pipe.bulkIn();
				if (bytes.length === 0) await pause(SILENCE_MS, gone);
				else {
					tap("in", bytes);
					inbox.put(bytes);
					await pause(bytes.length * MS_A_BYTE, gone);
				}
			} catch (error) {
				leave(wordsOf(error));
			}
		}
	}

	/** A packet at a time: of a longer transfer that fails nobody can say how much of it arrived. */
	async function send(bytes: Uint8Array): Promise<void> {
		for (let at = 0; at < bytes.length; at += pipe.packetBytes) {
			if (reason !== undefined) throw leave(reason);
			isSending = true;
			try {
				await pipe.bulkOut(bytes.subarray(at, at + pipe.packetBytes));
			} catch (error) {
				// Never sent again: it may have arrived. What was to follow it would be a receipt with a hole.
				throw leave(wordsOf(error) + (await trouble(pipe)));
			} finally {
				isSending = false;
			}
		}
	}

	const listening = listen();
	return {
		identity,
		gone,
		listen: (receive) => inbox.listen(receive),
		write(bytes) {
			const written = writing.then(() => {
				if (reason === undefined) tap("out", bytes);
				return send(bytes);
			});
			writing = written.catch(() => undefined);
			return written;
		},
		async close() {
			leave("closed");
			// A packet that a printer does not take can't be called back, but the printer can be told to drop all it has.
			if (isSending) await pipe.control("SOFT_RESET").catch(() => undefined);
			await pipe.close();
			await listening;
		},
	};
}

/** GET_PORT_STATUS: 20 no paper, 10 selected, 08 no error. Nothing where the printer can't be asked, or says it is well. */
async function trouble(pipe: UsbPipe): Promise<string> {
	const [status = 0x18] = await pipe.control("GET_PORT_STATUS").catch(() => new Uint8Array());
	const words = [(status & 0x20) !== 0 && "no paper", (status & 0x08) === 0 && "an error"].filter(Boolean);
	return words.length > 0 ? `; the printer says: ${words.join(", ")}` : "";
}

/** What the descriptors say of the device, or its IEEE 1284 id where they are silent. */
async function identityOf(pipe: UsbPipe): Promise<Identity> {
	const id = readDeviceId(await pipe.control("GET_DEVICE_ID").catch(() => new Uint8Array()));
	const maker = pipe.words.manufacturer ?? id.get("MFG") ?? id.get("MANUFACTURER");
	const product = pipe.words.product ?? id.get("MDL") ?? id.get("MODEL");
	const serialNumber = pipe.words.serialNumber ?? id.get("SN") ?? id.get("SERN");
	const model = [maker, product].filter((word) => word !== undefined).join(" ");
	return { ...(model ? { model } : {}), ...(serialNumber ? { serialNumber } : {}) };
}

/** An IEEE 1284 id: its length in two bytes, most significant first and themselves counted, then `KEY:value;` and so on. */
export function readDeviceId(bytes: Uint8Array): Map<string, string> {
	const length = Math.min(((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0), bytes.length);
	const text = Buffer.from(bytes.subarray(2, length)).toString("latin1");
	const fields = new Map<string, string>();
	for (const [, key = "", value = ""] of text.matchAll(/([A-Za-z0-9 ]{1,32}):([^;]*);?/g)) {
		const printable = value.replace(/[^\x20-\x7e]/g, "").trim();
		if (printable) fields.set(key.trim().toUpperCase(), printable);
	}
	return fields;
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Look, Seen } from "./seen.ts";

const PRINTER_CLASS = "07";
const CARD_READER_CLASS = "0b";

type UsbDevice = { vendor: string; product: string; serial: string; words: string; classes: Set<string> };

/**
 * What the kernel knows of the devices on the USB (/sys/bus/usb/devices): nothing is opened or asked. Printers by their
 * class are taken for ESC/POS printers.
 */
export async function lookAtUsb(root: string): Promise<Look> {
	const devices = await devicesOn(root);
	return { seen: devices.filter(({ classes }) => classes.has(PRINTER_CLASS)).map(asSeen), notes: [] };
}

/** Smart card and NFC readers by their class, in their own words. */
export async function cardReadersOnUsb(root: string): Promise<string[]> {
	const devices = await devicesOn(root);
	return devices.filter(({ classes }) => classes.has(CARD_READER_CLASS)).map(({ words }) => words || "a card reader");
}

async function devicesOn(root: string): Promise<UsbDevice[]> {
	const folder = join(root, "sys/bus/usb/devices");
	const names = await readdir(folder).catch(() => []);
	return Promise.all(names.filter((name) => /^\d+-[\d.]+$/.test(name)).map((name) => readDevice(folder, name, names)));
}

async function readDevice(folder: string, name: string, names: readonly string[]): Promise<UsbDevice> {
	const read = async (field: string): Promise<string> =>
		(await readFile(join(folder, field), "utf8").catch(() => "")).trim().slice(0, 80);
	const interfaces = names.filter((other) => other.startsWith(`${name}:`));
	const [vendor = "", product = "", serial = "", maker = "", model = ""] = await Promise.all(
		["idVendor", "idProduct", "serial", "manufacturer", "product"].map((field) => read(join(name, field))),
	);
	const classes = await Promise.all(interfaces.map((one) => read(join(one, "bInterfaceClass"))));
	return { vendor, product, serial, words: [maker, model].filter(Boolean).join(" "), classes: new Set(classes) };
}

function asSeen({ vendor, product, serial, words }: UsbDevice): Seen {
	const link = `usb://${vendor}:${product}${/^[^/\s]+$/.test(serial) ? `/${serial}` : ""}`;
	return {
		name: "bonprinter",
		entry: { driver: "escpos", link },
		title: words || "USB printer",
		because: `USB ${vendor}:${product}, a printer by its class; whether it speaks ESC/POS only printing tells`,
	};
}

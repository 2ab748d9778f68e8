import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Look, Seen } from "./seen.ts";

const PRINTER_CLASS = "07";
const CARD_READER_CLASS = "0b";

type UsbDevice = {
	vendor: string;
	product: string;
	serial: string;
	words: string;
	classes: Set<string>;
	/** The languages of a printer, by its IEEE 1284 id; empty where the kernel did not ask for that. */
	languages: string;
};

/**
 * What the kernel knows of the devices on the USB (/sys/bus/usb/devices): nothing is opened or asked. Printers by their
 * class are taken for ESC/POS printers.
 */
export async function lookAtUsb(root: string): Promise<Look> {
	const printers = (await devicesOn(root)).filter(({ classes }) => classes.has(PRINTER_CLASS));
	const office = printers.filter(isOfficePrinter).map(({ words }) => words || "a USB printer");
	return {
		seen: printers.filter((printer) => !isOfficePrinter(printer)).map(asSeen),
		notes: office.length > 0 ? [`an office printer by its own words: ${office.join(", ")}`] : [],
	};
}

const isReceiptPrinter = ({ languages }: UsbDevice): boolean => /esc.?pos/i.test(languages);

const isOfficePrinter = (printer: UsbDevice): boolean =>
	!isReceiptPrinter(printer) && /postscript|pcl|pjl|urf|pwg/i.test(printer.languages);

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
		(await readFile(join(folder, field), "utf8").catch(() => "")).trim().slice(0, 400);
	const interfaces = names.filter((other) => other.startsWith(`${name}:`));
	const [vendor = "", product = "", serial = "", maker = "", model = ""] = await Promise.all(
		["idVendor", "idProduct", "serial", "manufacturer", "product"].map((field) => read(join(name, field))),
	);
	const classes = await Promise.all(interfaces.map((one) => read(join(one, "bInterfaceClass"))));
	const ids = await Promise.all(interfaces.map((one) => read(join(one, "ieee1284_id"))));
	const languages = ids.map((id) => /(?:CMD|COMMAND SET):([^;]*)/i.exec(id)?.[1] ?? "").join(",");
	const words = [maker, model].filter(Boolean).join(" ");
	return { vendor, product, serial, words, classes: new Set(classes), languages };
}

function asSeen(device: UsbDevice): Seen {
	const { vendor, product, serial, words } = device;
	const link = `usb://${vendor}:${product}${/^[^/\s]+$/.test(serial) ? `/${serial}` : ""}`;
	return {
		name: "bonprinter",
		entry: { driver: "escpos", link },
		title: words.slice(0, 80) || "USB printer",
		because: isReceiptPrinter(device)
			? `USB ${vendor}:${product}, an ESC/POS printer by its own words`
			: `USB ${vendor}:${product}, a printer by its class; whether it speaks ESC/POS only printing tells`,
	};
}

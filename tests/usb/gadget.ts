import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CONFIGFS = "/sys/kernel/config/usb_gadget";

export type GadgetWords = { manufacturer: string; product: string; serialNumber: string };

/** A USB device that the kernel plays (Documentation/usb/gadget_configfs.rst): one function, on the bus made of memory. */
export class Gadget {
	readonly #folder: string;
	readonly #controller: string;

	/** `kind`: the kernel's name of the function; `attributes`: the files of its folder. */
	constructor(
		kind: "printer" | "acm" | "hid",
		[vendorId, productId]: [number, number],
		words: GadgetWords,
		attributes: Record<string, string | Uint8Array> = {},
	) {
		this.#folder = join(CONFIGFS, kind);
		const [controller] = readdirSync("/sys/class/udc");
		if (!controller) throw new Error("the guest has no USB device controller");
		this.#controller = controller;
		const strings = join(this.#folder, "strings/0x409");
		const configuration = join(this.#folder, "configs/c.1");
		const gadgetFunction = join(this.#folder, `functions/${kind}.0`);
		for (const folder of [this.#folder, strings, configuration, gadgetFunction]) mkdirSync(folder, { recursive: true });
		writeFileSync(join(this.#folder, "idVendor"), String(vendorId));
		writeFileSync(join(this.#folder, "idProduct"), String(productId));
		writeFileSync(join(strings, "manufacturer"), words.manufacturer);
		writeFileSync(join(strings, "product"), words.product);
		writeFileSync(join(strings, "serialnumber"), words.serialNumber);
		for (const [name, value] of Object.entries(attributes)) writeFileSync(join(gadgetFunction, name), value);
		symlinkSync(gadgetFunction, join(configuration, `${kind}.0`));
	}

	plugIn(): void {
		writeFileSync(join(this.#folder, "UDC"), this.#controller);
	}

	/** Pulls the plug; the other end of the function's own file has to be closed by then. */
	unplug(): void {
		writeFileSync(join(this.#folder, "UDC"), "\n");
	}
}

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Look } from "./seen.ts";

const SCANNER = /honeywell|metrologic|hand_held|symbol|zebra|datalogic|newland|opticon|barcode|scanner/i;

/** Input devices that type (/dev/input/by-id/…-event-kbd). A scanner is one of them, and so is the keyboard beside it. */
export async function lookAtKeyboards(root: string): Promise<Look> {
	const folder = join(root, "dev/input/by-id");
	const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith("-event-kbd")).sort();
	return {
		seen: names.map((name) => {
			const words = name.replace(/^usb-|-event-kbd$/g, "").replaceAll("_", " ");
			return {
				name: "scanner",
				entry: { driver: "scanner-hid", link: `evdev://${join(folder, name)}` },
				title: words,
				because: SCANNER.test(name)
					? "types like a keyboard, and is a scanner by its name"
					: "types like a keyboard: take it over only where it is a scanner, for then it types nowhere else",
			};
		}),
		notes: [],
	};
}

import { readFile, stat } from "node:fs/promises";
import ReceiptPrinterEncoder from "@point-of-sale/receipt-printer-encoder";
import { PNG } from "pngjs";
import { DeviceError } from "../../fault.ts";
import { INITIALISE } from "./escpos-codec.ts";
import type { EscposSettings } from "./escpos-settings.ts";
import type { PrintJob } from "./receipt.ts";

const FILE_BYTES_MAX = 1_000_000;
const SIDE_PIXELS_MAX = 2000;
/** Five centimetres: higher is scaled down, for a receipt's sake. */
const HEIGHT_DOTS_MAX = 400;
/** Font A is 12 dots wide, and a line of text 30 dots high. */
const DOTS_A_COLUMN = 12;
const DOTS_A_LINE = 30;
const NONE: PrintJob = { bytes: new Uint8Array(), lines: 0 };

/**
 * The shop's logo as it stands above a receipt, in the middle, in black and white dots (GS v 0). No bytes where there is
 * none. Throws DEVICE_CONFIG_INVALID with what is wrong with the file.
 */
export async function readLogo({ logoFile, columns }: Pick<EscposSettings, "logoFile" | "columns">): Promise<PrintJob> {
	if (logoFile === undefined) return NONE;
	const picture = await readPicture(logoFile);
	const scale = Math.min(1, (columns * DOTS_A_COLUMN) / picture.width, HEIGHT_DOTS_MAX / picture.height);
	const width = Math.max(1, Math.floor(picture.width * scale));
	const height = Math.max(1, Math.floor(picture.height * scale));
	const encoder = new ReceiptPrinterEncoder({ language: "esc-pos", columns, imageMode: "raster" });
	encoder.align("center").image(picture, { width, height, algorithm: "floydsteinberg" });
	const bytes = Buffer.concat([INITIALISE, defuse(encoder.encode())]);
	return { bytes, lines: Math.ceil(height / DOTS_A_LINE) };
}

async function readPicture(path: string): Promise<{ data: Uint8Array; width: number; height: number }> {
	const wrong = (why: string): DeviceError => new DeviceError("DEVICE_CONFIG_INVALID", `logo ${path}: ${why}`);
	let file: Buffer;
	try {
		if ((await stat(path)).size > FILE_BYTES_MAX) throw wrong(`more than ${FILE_BYTES_MAX} bytes`);
		file = await readFile(path);
	} catch (error) {
		throw error instanceof DeviceError ? error : wrong((error as Error).message);
	}
	// PNG (ISO/IEC 15948): the size stands in front, so nothing is unpacked that is too large.
	if (file.length < 24 || file.toString("latin1", 1, 4) !== "PNG") throw wrong("not a PNG file");
	const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
	if (width > SIDE_PIXELS_MAX || height > SIDE_PIXELS_MAX) {
		throw wrong(`${width} by ${height} pixels; at most ${SIDE_PIXELS_MAX} by ${SIDE_PIXELS_MAX}`);
	}
	try {
		const { data } = PNG.sync.read(file);
		return { data: Uint8Array.from(data), width, height };
	} catch (error) {
		throw wrong((error as Error).message);
	}
}

const DLE = 0x10;
const REAL_TIME = [0x04, 0x05, 0x14];

/**
 * A picture's dots may happen to be a real-time command (DLE EOT, DLE ENQ, DLE DC4), which a printer obeys wherever it
 * stands: it would answer what was not asked, or open the drawer. One dot more keeps it a picture.
 */
export const defuse = (bytes: Uint8Array): Uint8Array =>
	bytes.map((byte, at) => (byte === DLE && REAL_TIME.includes(bytes[at + 1] ?? 0) ? DLE | 0x08 : byte));

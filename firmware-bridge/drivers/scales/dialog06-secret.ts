import { readFile } from "node:fs/promises";
import { DeviceError } from "../../fault.ts";
import { isGenerator } from "./dialog06-checksums.ts";

/**
 * The generator that scale and register share, from the file where the supplier put it. Throws DEVICE_CONFIG_INVALID,
 * which never says what the file holds.
 */
export async function readGenerator(file: string): Promise<number> {
	let text: string;
	try {
		text = await readFile(file, "utf8");
	} catch (error) {
		throw new DeviceError("DEVICE_CONFIG_INVALID", `secretFile: ${(error as NodeJS.ErrnoException).code}`);
	}
	const digits = /^\s*(?:0x)?([0-9a-f]{5})\s*$/i.exec(text)?.[1];
	const generator = Number.parseInt(digits ?? "", 16);
	if (isGenerator(generator)) return generator;
	throw new DeviceError("DEVICE_CONFIG_INVALID", "secretFile holds no generator: five hexadecimal digits, a 1 first");
}

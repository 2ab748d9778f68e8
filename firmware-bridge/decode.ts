/**
 * Explains frames of a device's protocol, one JSON object a frame on standard output.
 * Usage: node firmware-bridge/decode.ts <driver> [--direction in|out] <hex>
 */
import type { Driver } from "./drivers/driver.ts";
import { drivers } from "./drivers/index.ts";
import { WireError } from "./drivers/wire.ts";
import type { Direction } from "./links/link.ts";

const HEX_LENGTH_MAX = 1_000_000;

type Explained = { direction: Direction; hex: string } & Record<string, unknown>;
/** What could be explained, and why the rest could not. */
export type Decoded = { frames: Explained[]; reason?: string };

/** Explains what passed in one direction; without one, in the direction in which it makes sense. Throws WireError. */
export function decode(driver: Driver, hex: string, direction?: Direction): Decoded {
	const bytes = bytesOf(hex);
	if (direction) return decodeOneWay(driver, bytes, direction);
	const fromDevice = decodeOneWay(driver, bytes, "in");
	if (fromDevice.reason === undefined) return fromDevice;
	const toDevice = decodeOneWay(driver, bytes, "out");
	if (toDevice.reason === undefined) return toDevice;
	const better = toDevice.frames.length > fromDevice.frames.length ? toDevice : fromDevice;
	return { ...better, reason: `from the device: ${fromDevice.reason}; to the device: ${toDevice.reason}` };
}

function decodeOneWay({ wire }: Driver, bytes: Uint8Array, direction: Direction): Decoded {
	const splitter = wire.frames(direction);
	const frames: Explained[] = [];
	for (const whole of splitter.push(bytes)) {
		try {
			const says = wire.explain(whole, direction);
			const masked = wire.mask?.(whole, direction) ?? whole;
			frames.push({ direction, hex: Buffer.from(masked).toString("hex"), ...says });
		} catch (error) {
			if (!(error instanceof WireError)) throw error;
			return { frames, reason: `frame ${frames.length + 1}: ${error.message}` };
		}
	}
	if (splitter.discard()) return { frames, reason: `frame ${frames.length + 1} is cut off` };
	return frames.length === 0 ? { frames, reason: "no frame in these bytes" } : { frames };
}

function bytesOf(hex: string): Uint8Array {
	const digits = hex.replaceAll(/0x|[\s:,-]/gi, "");
	if (digits.length > HEX_LENGTH_MAX) throw new WireError(`more than ${HEX_LENGTH_MAX / 2} bytes`);
	const stranger = /[^0-9a-f]/i.exec(digits)?.[0];
	if (stranger !== undefined) throw new WireError(`"${stranger}" is no hexadecimal digit`);
	if (digits === "" || digits.length % 2 === 1) throw new WireError(`${digits.length} hexadecimal digits are no bytes`);
	return Uint8Array.from(Buffer.from(digits, "hex"));
}

/** The words of the command line: its exit code, its lines on standard output, and its word on standard error. */
export function explain(words: readonly string[]): { code: 0 | 1; lines: string[]; reason?: string } {
	const at = words.indexOf("--direction");
	const direction = at === -1 ? undefined : words[at + 1];
	const [name, ...hex] = at === -1 ? words : words.toSpliced(at, 2);
	const known = drivers.map((driver) => driver.name).join(", ");
	if (name === undefined || hex.length === 0) {
		return { code: 1, lines: [], reason: `Give a driver and bytes: decode toledo8217 57. There are ${known}` };
	}
	const driver = drivers.find((candidate) => candidate.name === name);
	if (!driver) return { code: 1, lines: [], reason: `There is no driver "${name}". There are ${known}` };
	if (direction !== undefined && direction !== "in" && direction !== "out") {
		return { code: 1, lines: [], reason: `--direction is in (from the device) or out, not "${direction}"` };
	}
	try {
		const { frames, reason } = decode(driver, hex.join(" "), direction);
		const lines = frames.map((frame) => JSON.stringify(frame));
		return reason === undefined ? { code: 0, lines } : { code: 1, lines, reason };
	} catch (error) {
		if (!(error instanceof WireError)) throw error;
		return { code: 1, lines: [], reason: error.message };
	}
}

if (import.meta.main) {
	const { code, lines, reason } = explain(process.argv.slice(2));
	for (const line of lines) process.stdout.write(`${line}\n`);
	if (reason !== undefined) process.stderr.write(`${reason}\n`);
	process.exitCode = code;
}

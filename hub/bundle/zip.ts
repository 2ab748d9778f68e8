import { crc32, deflateRawSync } from "node:zlib";

export type ZipEntry = { path: string; bytes: Uint8Array };

const DEFLATE = 8;
const VERSION = 20;
/** Names in UTF-8: APPNOTE.TXT 6.3.10 §4.4.4, bit 11. */
const FLAGS = 0x0800;

/** A ZIP file, which every laptop opens: APPNOTE.TXT 6.3.10 §4.3. For files of a few MB, all in memory. */
export function zip(entries: readonly ZipEntry[], at: Date): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const { path, bytes } of entries) {
		const name = Buffer.from(path, "utf8");
		const packed = deflateRawSync(bytes);
		const fields = fieldsOf(bytes, packed, name, at);
		const local = Buffer.concat([word(0x04034b50), half(VERSION), ...fields, half(0)]);
		parts.push(local, name, packed);
		const rest = [half(0), half(0), half(0), half(0), word(0), word(offset)];
		directory.push(Buffer.concat([word(0x02014b50), half(VERSION), half(VERSION), ...fields, ...rest, name]));
		offset += local.length + name.length + packed.length;
	}
	const central = Buffer.concat(directory);
	const count = half(entries.length);
	const end = [word(0x06054b50), half(0), half(0), count, count, word(central.length), word(offset), half(0)];
	return Buffer.concat([...parts, central, ...end]);
}

/** From the flags to the length of the name: the same in both headers (§4.3.7, §4.3.12). */
function fieldsOf(bytes: Uint8Array, packed: Buffer, name: Buffer, at: Date): Buffer[] {
	const time = (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1);
	const date = (Math.max(0, at.getFullYear() - 1980) << 9) | ((at.getMonth() + 1) << 5) | at.getDate();
	return [
		...[half(FLAGS), half(DEFLATE), half(time), half(date & 0xffff)],
		...[word(crc32(bytes)), word(packed.length), word(bytes.length), half(name.length)],
	];
}

function half(value: number): Buffer {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16LE(value);
	return bytes;
}

function word(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value);
	return bytes;
}

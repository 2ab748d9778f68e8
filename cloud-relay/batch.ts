import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import type { BatchHeader } from "@kassahub/contracts/relay-batch.ts";

/** Rows of the journal as they came from the hub: `count` lines, each ended by \n, numbered `first` to `last`. */
export type Lines = { first: number; last: number; count: number; body: Buffer };

const LINE_END = 0x0a;
const compress = promisify(zstdCompress);
const level = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** The batch as it travels: zstd over the header's line and the rows, compressed off the event loop. */
export function packBatch(shop: { id: string; name: string }, box: string, lines: Lines): Promise<Buffer> {
	const { first, last, count, body } = lines;
	const header: BatchHeader = { v: 1, shop: shop.id, shopName: shop.name, box, first, last, count };
	return compress(Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]), level);
}

/** As many whole rows from the front as fit in `bytesMax`, and always one. Canonical JSON has no line end inside a row. */
export function cutToSize(lines: Lines, bytesMax: number): Lines {
	if (lines.body.length <= bytesMax) return lines;
	let end = lines.body.indexOf(LINE_END) + 1;
	let count = 1;
	for (;;) {
		const next = lines.body.indexOf(LINE_END, end) + 1;
		if (next === 0 || next > bytesMax) break;
		end = next;
		count++;
	}
	return { first: lines.first, last: lines.first + count - 1, count, body: lines.body.subarray(0, end) };
}

/** The hash of the first row, read from its bytes: a row ends in `"hash":"…"}` (contracts entryLine). */
export function firstHash(lines: Lines): string {
	const end = lines.body.indexOf(LINE_END);
	return lines.body.subarray(end - 66, end - 2).toString("latin1");
}

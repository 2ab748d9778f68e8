import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import type { BatchHeader } from "@kassahub/contracts/relay-batch.ts";

/** Room before the rows for the header's line, which so needs no copy of the rows: a shop's name is 48 characters. */
const HEADER_BYTES_MAX = 1024;
const FRAME_BYTES_MIN = 1024 * 1024;
const LINE_END = 0x0a;

const compress = promisify(zstdCompress);
/** One piece of output is then enough for most batches: each piece is a trip to the thread pool. */
const level = { params: { [constants.ZSTD_c_compressionLevel]: 1 }, chunkSize: 128 * 1024 };

/**
 * The memory a batch is made in. It is used again and again: fresh memory for each would have the garbage collector
 * walk the whole heap every few batches, which was seen to cost as much as all the rest.
 */
export class Frame {
	#bytes = Buffer.allocUnsafeSlow(FRAME_BYTES_MIN);
	#length = 0;

	get body(): Buffer {
		return this.#bytes.subarray(HEADER_BYTES_MAX, HEADER_BYTES_MAX + this.#length);
	}

	clear(): void {
		this.#length = 0;
	}

	append(part: Buffer): void {
		const end = HEADER_BYTES_MAX + this.#length + part.length;
		if (end > this.#bytes.length) {
			const larger = Buffer.allocUnsafeSlow(Math.max(end, this.#bytes.length * 2));
			this.#bytes.copy(larger);
			this.#bytes = larger;
		}
		part.copy(this.#bytes, HEADER_BYTES_MAX + this.#length);
		this.#length += part.length;
	}

	/** `line` and behind it the first `length` bytes of the body, in one piece. */
	withHeader(line: string, length: number): Buffer {
		const header = Buffer.from(line);
		if (header.length > HEADER_BYTES_MAX) throw new RangeError(`a batch's header has ${header.length} bytes`);
		const start = HEADER_BYTES_MAX - header.length;
		header.copy(this.#bytes, start);
		return this.#bytes.subarray(start, HEADER_BYTES_MAX + length);
	}
}

/** Rows of the journal as they came from the hub: `count` lines, each ended by \n, in the first `length` bytes of `frame`. */
export type Lines = { first: number; last: number; count: number; frame: Frame; length: number };

/** The batch as it travels: zstd over the header's line and the rows, compressed off the event loop. */
export function packBatch(shop: { id: string; name: string }, box: string, lines: Lines): Promise<Buffer> {
	const { first, last, count, frame, length } = lines;
	const header: BatchHeader = { v: 1, shop: shop.id, shopName: shop.name, box, first, last, count };
	return compress(frame.withHeader(`${JSON.stringify(header)}\n`, length), level);
}

/** As many whole rows from the front as fit in `bytesMax`, and always one. Canonical JSON has no line end inside a row. */
export function cutToSize(lines: Lines, bytesMax: number): Lines {
	if (lines.length <= bytesMax) return lines;
	const { body } = lines.frame;
	let length = body.indexOf(LINE_END) + 1;
	let count = 1;
	for (;;) {
		const next = body.indexOf(LINE_END, length) + 1;
		if (next === 0 || next > bytesMax) break;
		length = next;
		count++;
	}
	return { ...lines, last: lines.first + count - 1, count, length };
}

/** The hash of the first row, read from its bytes: a row ends in `"hash":"…"}` (contracts entryLine). */
export function firstHash({ frame: { body } }: Lines): string {
	const end = body.indexOf(LINE_END);
	return body.subarray(end - 66, end - 2).toString("latin1");
}

import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { BatchHeader, batchTopic } from "@kassahub/contracts/relay-batch.ts";
import { Compile } from "typebox/compile";

/** Far above what a relay sends; keeps a small message from unpacking into all of the memory. */
const RAW_BYTES_MAX = 16 * 1024 * 1024;

const decompress = promisify(zstdDecompress);
const validator = Compile(BatchHeader);

/** A batch that is no batch. Whoever sent it is no relay of ours, or is of another version. */
export class BatchInvalid extends Error {
	readonly code = "BATCH_INVALID";
	/** Whose batch it is, where it could still be read. */
	readonly box: string | undefined;

	constructor(detail: string, box?: string) {
		super(detail);
		this.box = box;
	}
}

export type Batch = { header: BatchHeader; lines: string[] };

/** Unpacks a batch that came on `topic`: its header and its rows, still as text. Throws BatchInvalid. */
export async function unpackBatch(topic: string, payload: Uint8Array): Promise<Batch> {
	let text: string;
	try {
		const raw = await decompress(payload, { maxOutputLength: RAW_BYTES_MAX });
		text = new TextDecoder("utf-8", { fatal: true }).decode(raw);
	} catch (error) {
		throw new BatchInvalid(`not zstd of text: ${error instanceof Error ? error.message : String(error)}`);
	}
	const lines = text.split("\n");
	if (lines.pop() !== "") throw new BatchInvalid("the last line has no end");
	let header: unknown;
	try {
		header = JSON.parse(lines.shift() ?? "");
	} catch {
		throw new BatchInvalid("the first line is not JSON");
	}
	if (!validator.Check(header)) {
		const [error] = validator.Errors(header);
		throw new BatchInvalid(`header ${error?.instancePath ?? ""}: ${error?.message ?? "is wrong"}`);
	}
	if (topic !== batchTopic(header.shop)) throw new BatchInvalid(`shop ${header.shop} came on ${topic}`);
	if (lines.length !== header.count || header.last - header.first + 1 !== header.count) {
		throw new BatchInvalid(
			`rows ${header.first} to ${header.last}, ${header.count} announced, ${lines.length} in the batch`,
			header.box,
		);
	}
	return { header, lines };
}

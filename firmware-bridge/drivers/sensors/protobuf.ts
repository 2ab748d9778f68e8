/** The encoding of Protocol Buffers (protobuf.dev/programming-guides/encoding), as far as it does not need a schema. */

/** One field of a message, in the order it came. */
export type Field =
	| { number: number; type: "varint"; value: bigint }
	| { number: number; type: "bytes"; value: Uint8Array }
	| { number: number; type: "fixed32" | "fixed64"; value: DataView };

/** Bytes that are no message. */
export class ProtobufInvalid extends Error {
	constructor(why: string) {
		super(why);
		this.name = "ProtobufInvalid";
	}
}

const VARINT_BYTES_MAX = 10;
const UINT64 = (1n << 64n) - 1n;

/** The fields of a message; what they mean is its reader's. Throws ProtobufInvalid. */
export function readFields(bytes: Uint8Array): Field[] {
	const fields: Field[] = [];
	let at = 0;
	const varint = (): bigint => {
		let value = 0n;
		for (let index = 0; index < VARINT_BYTES_MAX; index++) {
			const byte = bytes[at++];
			if (byte === undefined) throw new ProtobufInvalid("it ends in the middle of a number");
			value |= BigInt(byte & 0x7f) << BigInt(7 * index);
			if ((byte & 0x80) === 0) return value & UINT64;
		}
		throw new ProtobufInvalid("a number of more than ten bytes");
	};
	const take = (length: number): Uint8Array => {
		if (length > bytes.length - at) throw new ProtobufInvalid("a field is longer than the message");
		at += length;
		return bytes.subarray(at - length, at);
	};
	const view = (length: number): DataView => {
		const part = take(length);
		return new DataView(part.buffer, part.byteOffset, length);
	};
	while (at < bytes.length) {
		const key = varint();
		const number = Number(key >> 3n);
		if (number < 1 || number > 0x1fff_ffff) throw new ProtobufInvalid(`field number ${number}`);
		switch (Number(key & 7n)) {
			case 0:
				fields.push({ number, type: "varint", value: varint() });
				break;
			case 1:
				fields.push({ number, type: "fixed64", value: view(8) });
				break;
			case 2: {
				const length = varint();
				if (length > BigInt(bytes.length)) throw new ProtobufInvalid("a field is longer than the message");
				fields.push({ number, type: "bytes", value: take(Number(length)) });
				break;
			}
			case 5:
				fields.push({ number, type: "fixed32", value: view(4) });
				break;
			default:
				throw new ProtobufInvalid(`wire type ${key & 7n}`);
		}
	}
	return fields;
}

/** Writes messages field by field: only what a command to a sensor needs. */
export class MessageWriter {
	readonly #bytes: number[] = [];

	varint(number: number, value: bigint): this {
		this.#number(BigInt(number) << 3n);
		this.#number(value);
		return this;
	}

	bytes(number: number, value: Uint8Array): this {
		this.#number((BigInt(number) << 3n) | 2n);
		this.#number(BigInt(value.length));
		this.#bytes.push(...value);
		return this;
	}

	finish(): Uint8Array {
		return Uint8Array.from(this.#bytes);
	}

	#number(value: bigint): void {
		let rest = value;
		for (; rest > 0x7fn; rest >>= 7n) this.#bytes.push(Number(rest & 0x7fn) | 0x80);
		this.#bytes.push(Number(rest));
	}
}

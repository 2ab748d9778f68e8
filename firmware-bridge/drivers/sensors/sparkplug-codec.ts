/** Sparkplug B 3.0: topics (chapter 4) and payloads (chapter 6). */
import { type Field, MessageWriter, ProtobufInvalid, readFields } from "./protobuf.ts";

/** Where a message belongs; undefined where the topic is none of an edge node. */
export type Place = { group: string; type: string; node: string; device: string | undefined };

const TYPES = ["NBIRTH", "NDEATH", "DBIRTH", "DDEATH", "NDATA", "DDATA", "NCMD", "DCMD"];

export function readPlace(topic: string): Place | undefined {
	const [namespace, group, type, node, device, ...rest] = topic.split("/");
	if (namespace !== "spBv1.0" || !group || !node || type === undefined || rest.length > 0) return undefined;
	if (!TYPES.includes(type) || type.startsWith("D") !== (device !== undefined) || device === "") return undefined;
	return { group, type, node, device };
}

/** One metric. `value` is absent where it is null, or of a type that is no single value. */
export type Metric = {
	name: string | undefined;
	alias: number | undefined;
	datatype: number | undefined;
	isHistorical: boolean;
	isNull: boolean;
	value: number | boolean | string | undefined;
	/** Its engineering unit, where its properties tell one. */
	unit: string | undefined;
};

export type Payload = { timestamp: number | undefined; seq: number | undefined; metrics: Metric[] };
export type Decoded = Payload | { fault: string };

const METRICS_MAX = 2000;

/** What a birth said of a metric that data then name by their alias, and whose datatype they leave out. */
export type DatatypeOf = (metric: Pick<Metric, "name" | "alias">) => number | undefined;

/** A whole payload, or why it is none. */
export function decodePayload(bytes: Uint8Array, datatypeOf: DatatypeOf = () => undefined): Decoded {
	try {
		const fields = readFields(bytes);
		const metrics = fields.filter(({ number }) => number === 2);
		if (metrics.length > METRICS_MAX) return { fault: `${metrics.length} metrics, at most ${METRICS_MAX} are read` };
		return {
			timestamp: integerOf(fields, 1),
			seq: integerOf(fields, 3),
			metrics: metrics.map((field) => readMetric(bytesOf(field), datatypeOf)),
		};
	} catch (error) {
		if (error instanceof ProtobufInvalid) return { fault: error.message };
		throw error;
	}
}

const last = (fields: Field[], number: number): Field | undefined =>
	fields.findLast((field) => field.number === number);

function bytesOf(field: Field | undefined): Uint8Array {
	if (field?.type !== "bytes") throw new ProtobufInvalid(`field ${field?.number} is no message`);
	return field.value;
}

function bigOf(fields: Field[], number: number): bigint | undefined {
	const field = last(fields, number);
	if (field === undefined) return undefined;
	if (field.type !== "varint") throw new ProtobufInvalid(`field ${number} is no number`);
	return field.value;
}

/** A number that a double holds exactly; undefined where there is none, or it does not. */
function integerOf(fields: Field[], number: number): number | undefined {
	const value = bigOf(fields, number);
	return value !== undefined && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}

function textOf(fields: Field[], number: number): string | undefined {
	const field = last(fields, number);
	if (field === undefined) return undefined;
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(field));
	} catch (error) {
		throw error instanceof ProtobufInvalid ? error : new ProtobufInvalid(`field ${number} is no text`);
	}
}

function readMetric(bytes: Uint8Array, datatypeOf: DatatypeOf): Metric {
	const fields = readFields(bytes);
	const [name, alias] = [textOf(fields, 1), integerOf(fields, 2)];
	const datatype = integerOf(fields, 4) ?? datatypeOf({ name, alias });
	const isNull = bigOf(fields, 7) === 1n;
	const properties = last(fields, 9);
	return {
		name,
		alias,
		datatype,
		isHistorical: bigOf(fields, 5) === 1n,
		isNull,
		value: isNull ? undefined : readValue(fields, 10, datatype),
		unit: properties && unitOf(bytesOf(properties)),
	};
}

/** The value's field says how it is written, the datatype how it is meant. `first` is the number of int_value. */
function readValue(fields: Field[], first: number, datatype: number | undefined): Metric["value"] {
	const field = fields.findLast(({ number }) => number >= first && number <= first + 5);
	if (!field) return undefined;
	switch (field.number - first) {
		case 0:
			return field.type === "varint" ? int32Of(field.value, datatype) : wrong(field);
		case 1:
			return field.type === "varint" ? int64Of(field.value, datatype) : wrong(field);
		case 2:
			return field.type === "fixed32" ? field.value.getFloat32(0, true) : wrong(field);
		case 3:
			return field.type === "fixed64" ? field.value.getFloat64(0, true) : wrong(field);
		case 4:
			return field.type === "varint" ? field.value !== 0n : wrong(field);
		default:
			return textOf(fields, field.number);
	}
}

function wrong({ number, type }: Field): never {
	throw new ProtobufInvalid(`field ${number} is written as ${type}`);
}

/** Negative numbers of 8 to 32 bits travel as two's complement in an unsigned one, of their own width or of 32 bits. */
function int32Of(value: bigint, datatype: number | undefined): number | undefined {
	const bits = datatype === 1 ? 8 : datatype === 2 ? 16 : 32;
	if (datatype === 1 || datatype === 2 || datatype === 3) return Number(BigInt.asIntN(bits, value));
	return safe(BigInt.asUintN(32, value));
}

/** Int64 is signed; UInt64, UInt32 and DateTime are not. */
const int64Of = (value: bigint, datatype: number | undefined): number | undefined =>
	safe(datatype === 4 ? BigInt.asIntN(64, value) : value);

const safe = (value: bigint): number | undefined => {
	const number = Number(value);
	return Number.isSafeInteger(number) ? number : undefined;
};

/** The property `engUnit` of a metric: two lists of equal length, of names and of values. */
function unitOf(bytes: Uint8Array): string | undefined {
	const fields = readFields(bytes);
	const names = fields.filter(({ number }) => number === 1);
	const values = fields.filter(({ number }) => number === 2);
	const index = names.findIndex((field) => textOf([field], 1)?.toLowerCase() === "engunit");
	const value = values[index];
	const unit = value && readValue(readFields(bytesOf(value)), 3, undefined);
	return typeof unit === "string" ? unit : undefined;
}

/** A message's seq without reading its metrics: an edge node's messages are all counted, whoever they concern. */
export function readSeq(bytes: Uint8Array): number | undefined {
	try {
		return integerOf(readFields(bytes), 3);
	} catch (error) {
		if (error instanceof ProtobufInvalid) return undefined;
		throw error;
	}
}

/** The bdSeq of a birth or death: which connection of the edge node it belongs to. */
export const bdSeqOf = ({ metrics }: Payload): number | undefined => {
	const value = metrics.find(({ name }) => name === "bdSeq")?.value;
	return typeof value === "number" ? value : undefined;
};

const BOOLEAN = 11n;

/** NCMD: asks an edge node to say again what it and its devices measure. */
export function encodeRebirth(timestampMs: number): Uint8Array {
	const at = BigInt(timestampMs);
	const metric = new MessageWriter()
		.bytes(1, Buffer.from("Node Control/Rebirth"))
		.varint(3, at)
		.varint(4, BOOLEAN)
		.varint(14, 1n)
		.finish();
	return new MessageWriter().varint(1, at).bytes(2, metric).finish();
}

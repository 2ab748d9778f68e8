import fc from "fast-check";
import { expect, test } from "vitest";
import { MessageWriter, ProtobufInvalid, readFields } from "./protobuf.ts";
import { bdSeqOf, type Decoded, decodePayload, encodeRebirth, readPlace, readSeq } from "./sparkplug-codec.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const payloadOf = (decoded: Decoded) => {
	if ("fault" in decoded) throw new Error(decoded.fault);
	return decoded;
};
const metric = { name: undefined, alias: undefined, isHistorical: false, isNull: false, unit: undefined };

test("the sheet's NDEATH is read", () => {
	const payload = payloadOf(
		decodePayload(bytes("08 80 8E 88 85 AB 33 12 12 0A 05 62 64 53 65 71 18 80 8E 88 85 AB 33 20 08 58 00")),
	);
	expect(payload).toEqual({
		timestamp: 1_763_900_000_000,
		seq: undefined,
		metrics: [{ ...metric, name: "bdSeq", datatype: 8, value: 0 }],
	});
	expect(bdSeqOf(payload)).toBe(0);
});

test("the sheet's DDATA is read", () => {
	const data = bytes("08 E8 95 88 85 AB 33 12 10 10 01 18 E8 95 88 85 AB 33 20 09 65 D5 78 E9 3E 18 02");
	const payload = payloadOf(decodePayload(data));
	expect(payload).toMatchObject({ timestamp: 1_763_900_001_000, seq: 2 });
	expect(payload.metrics).toEqual([{ ...metric, alias: 1, datatype: 9, value: expect.closeTo(0.456, 6) }]);
	expect(readSeq(data)).toBe(2);
});

/** A metric as the sheet writes it: datatype, and a value in the field that it names. */
const readBack = (datatype: number, write: (writer: MessageWriter) => MessageWriter) => {
	const inner = write(new MessageWriter().bytes(1, Buffer.from("x")).varint(4, BigInt(datatype))).finish();
	return payloadOf(decodePayload(new MessageWriter().bytes(2, inner).finish())).metrics[0]?.value;
};
const int = (value: bigint) => (writer: MessageWriter) => writer.varint(10, value);
const long = (value: bigint) => (writer: MessageWriter) => writer.varint(11, value);

test.each<[string, number, (writer: MessageWriter) => MessageWriter, unknown]>([
	["Int8 -1 in 32 bits", 1, int(0xffff_ffffn), -1],
	["Int8 -1 in its own 8", 1, int(0xffn), -1],
	["Int16 -500", 2, int(0xffff_fe0cn), -500],
	["Int32 -456", 3, int(0xffff_fe38n), -456],
	["Int32 456", 3, int(456n), 456],
	["Int64 -1", 4, long(0xffff_ffff_ffff_ffffn), -1],
	["UInt8 255", 5, int(255n), 255],
	["UInt32 in an int", 7, int(0xffff_ffffn), 4_294_967_295],
	["UInt32 in a long", 7, long(0xffff_ffffn), 4_294_967_295],
	["UInt64 that no double holds", 8, long(0xffff_ffff_ffff_ffffn), undefined],
	["DateTime", 13, long(1_763_900_000_000n), 1_763_900_000_000],
	["Boolean", 11, (writer) => writer.varint(14, 1n), true],
	["String", 12, (writer) => writer.bytes(15, Buffer.from("vol")), "vol"],
	["null", 9, (writer) => writer.varint(7, 1n), undefined],
	["Bytes", 17, (writer) => writer.bytes(16, Buffer.from("vol")), undefined],
])("%s", (_, datatype, write, value) => expect(readBack(datatype, write)).toBe(value));

test("a datatype that data leave out is that of the birth", () => {
	const inner = new MessageWriter().varint(2, 7n).varint(10, 0xffff_ffecn).finish();
	const data = new MessageWriter().bytes(2, inner).finish();
	expect(payloadOf(decodePayload(data)).metrics[0]?.value).toBe(4_294_967_276);
	const known = decodePayload(data, ({ alias }) => (alias === 7 ? 3 : undefined));
	expect(payloadOf(known).metrics[0]?.value).toBe(-20);
});

test("a metric's unit is found among its properties", () => {
	const text = (value: string) => new MessageWriter().varint(1, 12n).bytes(8, Buffer.from(value)).finish();
	const properties = new MessageWriter()
		.bytes(1, Buffer.from("readOnly"))
		.bytes(1, Buffer.from("engUnit"))
		.bytes(2, new MessageWriter().varint(1, 11n).varint(7, 1n).finish())
		.bytes(2, text("kg"))
		.finish();
	const inner = new MessageWriter().bytes(1, Buffer.from("Gewicht")).bytes(9, properties).finish();
	const payload = payloadOf(decodePayload(new MessageWriter().bytes(2, inner).finish()));
	expect(payload.metrics[0]).toMatchObject({ name: "Gewicht", unit: "kg" });
});

test("a field that is not known is passed over", () => {
	const payload = new MessageWriter().varint(99, 1n).bytes(98, bytes("00")).varint(3, 7n).finish();
	expect(decodePayload(payload)).toEqual({ timestamp: undefined, seq: 7, metrics: [] });
});

test("a request for a rebirth is what an edge node reads", () => {
	const payload = payloadOf(decodePayload(encodeRebirth(1_763_900_000_000)));
	expect(payload).toEqual({
		timestamp: 1_763_900_000_000,
		seq: undefined,
		metrics: [{ ...metric, name: "Node Control/Rebirth", datatype: 11, value: true }],
	});
});

test.each([
	["spBv1.0/Winkel/DDATA/EdgeA/Schap12", { group: "Winkel", type: "DDATA", node: "EdgeA", device: "Schap12" }],
	["spBv1.0/Winkel/NBIRTH/EdgeA", { group: "Winkel", type: "NBIRTH", node: "EdgeA", device: undefined }],
	["spBv1.0/STATE/kassahub", undefined],
	["spBv1.0/Winkel/DDATA/EdgeA", undefined],
	["spBv1.0/Winkel/NDATA/EdgeA/Schap12", undefined],
	["spBv1.0/Winkel/XDATA/EdgeA", undefined],
	["spAv1.0/Winkel/NDATA/EdgeA", undefined],
	["spBv1.0/Winkel/DDATA/EdgeA/", undefined],
	["", undefined],
])("%s leads to %j", (topic, place) => expect(readPlace(topic)).toEqual(place));

test("every message that is written is read field by field", () => {
	const field = fc.oneof(
		fc.tuple(fc.integer({ min: 1, max: 0x1fff_ffff }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })),
		fc.tuple(fc.integer({ min: 1, max: 0x1fff_ffff }), fc.uint8Array({ maxLength: 40 })),
	);
	fc.assert(
		fc.property(fc.array(field, { maxLength: 12 }), (fields) => {
			const writer = new MessageWriter();
			for (const [number, value] of fields) {
				if (typeof value === "bigint") writer.varint(number, value);
				else writer.bytes(number, value);
			}
			expect(readFields(writer.finish()).map(({ number, value }) => [number, value])).toEqual(fields);
		}),
	);
});

test("any bytes at all give a payload or a named fault, and a payload cut anywhere does too", () => {
	const whole = encodeRebirth(1_763_900_000_000);
	const noise = fc.oneof(
		fc.uint8Array({ maxLength: 200 }),
		fc.integer({ min: 0, max: whole.length }).map((end) => whole.subarray(0, end)),
		fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => whole.with(at, byte)),
	);
	fc.assert(
		fc.property(noise, (payload) => {
			const decoded = decodePayload(payload);
			expect("fault" in decoded ? typeof decoded.fault : Array.isArray(decoded.metrics)).toBeTruthy();
			readSeq(payload);
		}),
		{ numRuns: 2000 },
	);
	expect(() => readFields(bytes("0B"))).toThrow(ProtobufInvalid);
	expect(() => readFields(bytes("00 01"))).toThrow(ProtobufInvalid);
	expect(() => readFields(bytes("08 FF FF FF FF FF FF FF FF FF FF 01"))).toThrow(ProtobufInvalid);
});

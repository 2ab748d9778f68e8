import fc from "fast-check";
import { expect, test } from "vitest";
import { type Answer, askProcessId, decodeAnswer, decodeStatus, processIdOf, splitAnswers } from "./escpos-codec.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const read = (...chunks: Uint8Array[]): Answer[] => {
	const splitter = splitAnswers();
	return chunks.flatMap((chunk) => splitter.push(chunk)).map(decodeAnswer);
};

// Examples of the protocol sheet, sections 4 to 6.
test("status back says what is wrong", () => {
	expect(read(bytes("10 00 00 0F"))).toMatchObject([
		{ kind: "status-back", status: { isOffline: false, isPaperOut: false } },
	]);
	expect(read(bytes("38 00 00 0F"))).toMatchObject([{ status: { isOffline: true, isCoverOpen: true } }]);
	expect(read(bytes("10 00 03 0F"))).toMatchObject([{ status: { isPaperNearEnd: true, isPaperOut: false } }]);
	expect(read(bytes("18 00 0F 0F"))).toMatchObject([{ status: { isOffline: true, isPaperOut: true } }]);
	expect(read(bytes("14 00 00 0F"))).toMatchObject([{ status: { isDrawerPinHigh: true } }]);
});

test("real-time status is read by the page it was asked for", () => {
	expect(decodeStatus(1, 0x1a)).toMatchObject({ isOffline: true });
	expect(decodeStatus(2, 0x16)).toMatchObject({ isCoverOpen: true });
	expect(decodeStatus(2, 0x32)).toMatchObject({ isPaperOut: true });
	expect(decodeStatus(3, 0x1a)).toMatchObject({ hasCutterError: true });
	expect(decodeStatus(4, 0x1e)).toMatchObject({ isPaperNearEnd: true, isPaperOut: false });
	expect(decodeStatus(4, 0x72)).toMatchObject({ isPaperOut: true });
});

test("page 2 never says that paper is back: only the sensor's page knows", () => {
	expect(decodeStatus(2, 0x12)).not.toHaveProperty("isPaperOut");
});

test("a process id is asked and answered as in the sheet", () => {
	expect(askProcessId("0042")).toEqual(bytes("1D 28 48 06 00 30 30 30 30 34 32"));
	expect(read(bytes("37 22 30 30 34 32 00")).map(processIdOf)).toEqual(["0042"]);
	expect(read(bytes("37 25 00")).map(processIdOf)).toEqual([undefined]);
});

test("answers in one stream come apart wherever it is split", () => {
	const stream = bytes("12 10 00 00 0F 37 22 30 30 34 32 00 11 1A 00 38 00 00 0F");
	const whole = read(stream);
	expect(whole.map((answer) => answer.kind)).toEqual([
		"status",
		"status-back",
		"block",
		"flow",
		"status",
		"paper",
		"status-back",
	]);
	for (let at = 0; at <= stream.length; at++) {
		expect(read(stream.subarray(0, at), stream.subarray(at))).toEqual(whole);
	}
});

test("a status that is cut off costs nothing of the answer after it", () => {
	const [garbled, status] = read(bytes("10 00 12"));
	expect(garbled?.kind).toBe("garbled");
	expect(status).toEqual({ kind: "status", byte: 0x12 });
});

test("any bytes at all become answers, and a healthy status after them is heard", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
			const splitter = splitAnswers();
			const frames = splitter.push(noise);
			for (const frame of frames) decodeAnswer(frame);
			// No block goes on with a byte that is no character.
			frames.push(...splitter.push(Uint8Array.of(0x80)));
			expect(Buffer.concat(frames)).toEqual(Buffer.from([...noise, 0x80]));
			expect(splitter.push(Uint8Array.of(0x12)).map(decodeAnswer)).toEqual([{ kind: "status", byte: 0x12 }]);
		}),
	);
});

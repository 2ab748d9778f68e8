import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Trace } from "@kassahub/contracts/trace.ts";
import pino from "pino";
import { expect, test } from "vitest";
import { asItComes } from "./drivers/exchange.ts";
import { toledo8217 } from "./drivers/scales/toledo8217.ts";
import { type Wire, WireError } from "./drivers/wire.ts";
import { Recorder } from "./recorder.ts";

const log = pino({ enabled: false });
const newFile = (): string => join(mkdtempSync(join(tmpdir(), "recorder-")), "trace", "weegschaal.ndjson");
const recorder = (wire: Wire, file = newFile()): Recorder => new Recorder({ device: "weegschaal", wire, file, log });
const text = (words: string): Uint8Array => Buffer.from(words, "latin1");

test("frames are kept whole and explained, however the stream was cut", () => {
	const recorded = recorder(toledo8217.wire);
	const tap = recorded.tap();
	tap("out", text("W"));
	tap("in", text("\x0200."));
	tap("in", text("456\r\x02?A\r"));
	expect(recorded.traces()).toMatchObject([
		{ direction: "out", hex: "57", explained: { question: "weigh" } },
		{ direction: "in", hex: "0230302e3435360d", bytes: 8, explained: { grams: 456 } },
		{ direction: "in", hex: "023f410d", explained: { status: { isMoving: true } } },
	]);
});

test("what repeats is counted, so that a day of polling does not push out what happened before", () => {
	const recorded = recorder(toledo8217.wire);
	const tap = recorded.tap();
	tap("in", text("\x0200.100\r"));
	for (let poll = 0; poll < 10_000; poll++) {
		tap("out", text("W"));
		tap("in", text("\x0200.456\r"));
	}
	expect(recorded.traces().map(({ explained, times }) => [explained, times])).toEqual([
		[{ weight: "00.100", grams: 100, net: false }, undefined],
		[{ question: "weigh" }, 10_000],
		[{ weight: "00.456", grams: 456, net: false }, 10_000],
	]);
});

test("a poll of several questions is counted too, and what happens in between is kept", () => {
	const wire: Wire = { frames: asItComes, explain: (frame) => ({ text: Buffer.from(frame).toString() }) };
	const recorded = recorder(wire);
	const tap = recorded.tap();
	for (let poll = 0; poll < 1000; poll++) {
		for (const [question, answer] of ["TA 0.02", "SI 0.456", "TA 0.02"].map((words) => words.split(" "))) {
			tap("out", text(question ?? ""));
			tap("in", text(answer ?? ""));
		}
		if (poll === 500) tap("in", text("overload"));
	}
	const told = recorded.traces().map(({ explained }) => explained?.text);
	expect(told.filter((words) => words === "overload")).toHaveLength(1);
	expect(told.length).toBeLessThan(12);
});

test("what must not be kept is masked before it is kept, on disk and for followers too", async () => {
	const mask = (frame: Uint8Array): Uint8Array => frame.map((byte) => (byte >= 0x30 && byte <= 0x39 ? 0x2a : byte));
	const explain = (frame: Uint8Array) => ({ text: Buffer.from(frame).toString() });
	const file = newFile();
	const recorded = recorder({ frames: asItComes, explain, mask }, file);
	const followed: Trace[] = [];
	recorded.follow((trace) => followed.push(trace));
	recorded.tap()("in", text("PAN 4111111111111111"));
	await recorded.save();
	const kept = JSON.stringify([recorded.traces(), followed, recorder({ frames: asItComes, explain }, file).traces()]);
	expect(kept.match(/\*{16}/g)).toHaveLength(3);
	expect(kept).not.toMatch(/4111|34313131/);
});

test("an unreadable frame is kept with the reason, and what is on disk is there for the next start", async () => {
	const file = newFile();
	const recorded = recorder(toledo8217.wire, file);
	recorded.tap()("in", Uint8Array.from([0x82, 0x0d]));
	await recorded.save();
	expect(recorder(toledo8217.wire, file).traces()).toMatchObject([
		{ hex: "820d", unreadable: expect.stringContaining("bit 7") },
	]);
});

test("the recorder is bounded in frames and in their length", () => {
	const wire: Wire = {
		frames: asItComes,
		explain: () => {
			throw new WireError("nothing known");
		},
	};
	const recorded = recorder(wire);
	const tap = recorded.tap();
	for (let index = 0; index < 1000; index++) tap("in", Buffer.alloc(10_000, index % 251));
	const traces = recorded.traces();
	expect(traces).toHaveLength(200);
	expect(traces[0]).toMatchObject({ bytes: 10_000, unreadable: "nothing known" });
	expect(traces[0]?.hex).toHaveLength(1024);
});

test("a frame that is kept cut is explained as it was whole", () => {
	const recorded = recorder({ frames: asItComes, explain: (frame) => ({ said: frame.length }) });
	recorded.tap()("in", Buffer.alloc(3000, 1));
	expect(recorded.traces()).toMatchObject([{ bytes: 3000, explained: { said: 3000 } }]);
});

import type { Acknowledgement } from "@kassahub/contracts/relay-batch.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Window } from "./window.ts";

const hashOf = (number: number, branch = "a") => `${branch}${number}`.padStart(64, "0");
const ack = (number: number, extra: Partial<Acknowledgement> = {}): Acknowledgement => ({
	v: 1,
	box: "5b2f6f0e-0c1b-4a55-9a35-6a2f4ab8f0c1",
	number,
	hash: hashOf(number),
	at: "2026-11-23T10:15:00.000Z",
	...extra,
});

const open = (number: number): Window => {
	const window = new Window(0);
	window.hint(ack(number));
	window.addSent(number);
	window.acknowledge(ack(number));
	return window;
};

describe("the window", () => {
	test("begins with one probe that repeats the row the cloud has last", () => {
		const window = new Window(0);
		window.hint(ack(40));
		expect(window.next).toBe(39);
		window.addSent(50);
		expect(window.next).toBeUndefined();
		window.acknowledge(ack(50));
		expect(window.next).toBe(50);
	});

	test("holds four batches at most, each after the one before", () => {
		const window = open(10);
		for (const last of [20, 30, 40, 50]) {
			expect(window.next).toBe(last - 10);
			window.addSent(last);
		}
		expect(window.next).toBeUndefined();
		window.acknowledge(ack(20));
		expect(window.next).toBe(50);
	});

	test("goes back once to a gap, however many batches behind it are answered with it", () => {
		const window = open(10);
		for (const last of [20, 30, 40]) window.addSent(last);
		window.acknowledge(ack(10, { gap: true }));
		expect(window.next).toBe(10);
		window.addSent(20);
		window.acknowledge(ack(10, { gap: true }));
		expect(window.next).toBe(20);
	});

	test("an answer that came twice sends nothing again", () => {
		const window = open(10);
		for (const last of [20, 30]) window.addSent(last);
		window.acknowledge(ack(20));
		window.acknowledge(ack(20));
		expect(window.next).toBe(30);
	});

	test("a restored cloud that is behind is followed back", () => {
		const window = open(100);
		window.addSent(110);
		window.acknowledge(ack(60, { gap: true }));
		expect([window.acknowledged, window.next]).toEqual([60, 60]);
	});

	test("a cloud that is ahead of all we sent is compared with before anything new goes", () => {
		const window = open(10);
		window.acknowledge(ack(500));
		expect(window.next).toBe(499);
	});

	test("a row that differs from the cloud's is seen before it is sent", () => {
		const window = new Window(0);
		window.hint(ack(40));
		expect(window.agrees(40, hashOf(40))).toBe(true);
		expect(window.agrees(40, hashOf(40, "b"))).toBe(false);
	});

	test("a refusal stays a fault until the cloud takes the row after all", () => {
		const window = open(10);
		window.addSent(20);
		window.acknowledge(ack(14, { refused: { code: "CHAIN_BROKEN", number: 15, detail: "row 15 was changed" } }));
		expect(window.fault).toEqual({ code: "CHAIN_BROKEN", detail: "row 15 was changed" });
		expect(window.next).toBe(13);
		window.addSent(20);
		window.acknowledge(ack(20));
		expect(window.fault).toBeUndefined();
	});
});

test("against a line that loses, repeats and a cloud that is restored, every row arrives, each first in order", () => {
	const event = fc.record({
		lose: fc.boolean(),
		repeat: fc.boolean(),
		loseAnswer: fc.boolean(),
		restore: fc.option(fc.nat({ max: 100 }), { freq: 20 }),
		reconnect: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
	});
	fc.assert(
		fc.property(fc.array(event, { maxLength: 200 }), fc.integer({ min: 1, max: 300 }), (events, rows) => {
			let stored = 0;
			let retained: Acknowledgement | undefined;
			const wire: { first: number; last: number }[] = [];
			const window = new Window(0);
			const take = ({ first, last }: { first: number; last: number }) => {
				const isGap = first > stored + 1;
				if (!isGap) stored = Math.max(stored, last);
				retained = ack(stored, isGap ? { gap: true } : {});
				return retained;
			};
			const send = () => {
				const after = window.next;
				if (after === undefined || after >= rows) return;
				const last = Math.min(after + 7, rows);
				window.addSent(last);
				wire.push({ first: after + 1, last });
			};
			for (const { lose, repeat, loseAnswer, restore, reconnect } of events) {
				send();
				send();
				if (restore !== null) stored = Math.min(stored, restore);
				if (reconnect) {
					wire.length = 0;
					window.probe();
					if (retained) window.hint(retained);
					continue;
				}
				const batch = wire.shift();
				if (!batch || lose) continue;
				if (repeat) wire.push(batch);
				const answer = take(batch);
				if (!loseAnswer) window.acknowledge(answer);
			}
			// From here the line is good: what was lost is noticed by silence, as the relay's stall clock does.
			for (let turn = 0; turn < 2 * rows + 50; turn++) {
				send();
				const batch = wire.shift();
				if (batch) window.acknowledge(take(batch));
				else if (window.isWaiting || window.acknowledged > stored) window.probe();
			}
			expect([stored, window.acknowledged]).toEqual([rows, rows]);
		}),
		{ numRuns: 500 },
	);
});

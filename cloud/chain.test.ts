import fc from "fast-check";
import { expect, test } from "vitest";
import { verifyChain } from "./chain.ts";
import { saleOf, TestChain } from "./chain-of-sales.ts";

const LENGTH = 12;
const chain = new TestChain();
for (let index = 0; index < LENGTH; index++) chain.sell(saleOf(index));
const other = new TestChain();
for (let index = 0; index < LENGTH; index++) other.sell(saleOf(index));

const headAt = (number: number) => ({ number, hash: chain.hashes[number] ?? "" });
const verify = (first: number, lines: readonly string[], head: number) =>
	verifyChain(chain.box, first, lines, headAt(head), (number) => chain.hashes[number]);

test("any stretch that follows a head is taken from there, and what is there already is passed over", () => {
	fc.assert(
		fc.property(fc.nat(LENGTH), fc.nat(LENGTH), fc.nat(LENGTH), (a, b, c) => {
			const [start, head, end] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
			const verdict = verify(start + 1, chain.lines.slice(start, end), head);
			expect(verdict.refusal).toBeUndefined();
			expect(verdict.entries.map(({ number }) => number)).toEqual(
				Array.from({ length: end - head }, (_, index) => head + 1 + index),
			);
		}),
	);
});

test("a row with any one character changed is refused, and nothing from it on is taken", () => {
	fc.assert(
		fc.property(fc.nat(LENGTH - 1), fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (row, at, character) => {
			const line = chain.lines[row] ?? "";
			const place = at % line.length;
			const changed = `${line.slice(0, place)}${character}${line.slice(place + 1)}`;
			fc.pre(!isSameEntry(changed, line));
			const verdict = verify(1, chain.lines.with(row, changed), 0);
			expect(verdict.refusal?.number).toBe(row + 1);
			expect(verdict.entries).toHaveLength(row);
		}),
		{ numRuns: 2_000 },
	);
});

/** Whether a changed line still says the same, such as 1.0 for 1 or a space between two fields. */
function isSameEntry(a: string, b: string): boolean {
	try {
		return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
	} catch {
		return false;
	}
}

test("a row left out, doubled or moved is refused", () => {
	fc.assert(
		fc.property(fc.nat(LENGTH - 2), fc.constantFrom("left out", "doubled", "swapped"), (row, how) => {
			const { lines } = chain;
			const pair = lines.slice(row, row + 2);
			const wrong = { "left out": pair.slice(1), doubled: [pair[0], ...pair], swapped: pair.toReversed() }[how];
			const verdict = verify(1, lines.toSpliced(row, 2, ...(wrong as string[])), 0);
			expect(verdict.refusal).toMatchObject({ code: "BATCH_INVALID" });
			expect(verdict.entries.length).toBeLessThanOrEqual(row + 1);
		}),
	);
});

test("a changed sale whose own hash was made anew no longer fits the row after it", () => {
	const forged = new TestChain();
	Object.assign(forged, { box: chain.box });
	for (const [index, line] of chain.lines.entries()) {
		const { payload, id } = JSON.parse(line);
		forged.append("sale", index === 5 ? { ...payload, employee: "m5" } : payload, id);
	}
	const verdict = verify(1, chain.lines.with(5, forged.lines[5] ?? ""), 0);
	expect(verdict.refusal).toMatchObject({ code: "CHAIN_BROKEN", number: 7 });
});

test("another journal under the same numbers is a fork, from its first row or from any later one", () => {
	expect(verify(1, other.lines, 4).refusal).toMatchObject({ code: "CHAIN_FORKED", number: 1 });
	expect(verify(5, other.lines.slice(4), 4).refusal).toMatchObject({ code: "CHAIN_FORKED", number: 5 });
});

test("a row of another box is not this box's", () => {
	expect(verify(1, other.lines, 0).refusal).toMatchObject({ code: "CHAIN_BROKEN", number: 1 });
});

test.for([
	["a source with a quote", (line: string) => line.replace('"register:kassa-1"', '"register:\\"x"'), "BATCH_INVALID"],
	["a sale without a total", (line: string) => line.replace(/,"total":\d+\}/, "}"), "BATCH_INVALID"],
	["a kind that is not known", (line: string) => line.replace('"kind":"sale"', '"kind":"gift"'), "BATCH_INVALID"],
	["a field that is not known", (line: string) => line.replace('"clock"', '"extra":1,"clock"'), "BATCH_INVALID"],
] as const)("%s is refused by the contract", ([, change, code]) => {
	const [line = ""] = chain.lines;
	expect(change(line)).not.toBe(line);
	expect(verify(1, [change(line)], 0).refusal).toMatchObject({ code, number: 1 });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { TopicTree } from "./topic-tree.ts";

/** MQTT 3.1.1 §4.7, filter by filter. */
function matches(filter: string[], topic: string[]): boolean {
	const [first, ...rest] = filter;
	if (first === "#") return true;
	if (topic.length === 0) return filter.length === 0;
	return (first === "+" || first === topic[0]) && matches(rest, topic.slice(1));
}

const names = fc.constantFrom("a", "b", "", "é");
const topics = fc.array(names, { minLength: 1, maxLength: 5 });
const filters = fc
	.tuple(fc.array(fc.oneof(names, fc.constant("+")), { minLength: 1, maxLength: 4 }), fc.boolean())
	.map(([levels, isOpen]) => (isOpen ? [...levels, "#"] : levels));

test("who listens is found as by trying every filter, also after some have left", () => {
	fc.assert(
		fc.property(
			fc.array(filters, { maxLength: 12 }),
			fc.array(filters, { maxLength: 12 }),
			topics,
			(stay, go, topic) => {
				const tree = new TopicTree<number>();
				const all = [...stay, ...go];
				for (const [taker, filter] of all.entries()) tree.add(filter.join("/"), taker);
				for (const [index, filter] of go.entries()) tree.remove(filter.join("/"), stay.length + index);
				const expected = [...stay.keys()].filter((taker) => matches(stay[taker] as string[], topic));
				expect(tree.match(topic.join("/")).toSorted((a, b) => a - b)).toEqual(expected);
			},
		),
	);
});

test("a filter is new for its first listener and over with its last", () => {
	const tree = new TopicTree<string>();
	expect(tree.add("a/+", "one")).toBe(true);
	expect(tree.add("a/+", "two")).toBe(false);
	expect(tree.add("a/#", "one")).toBe(true);
	expect(tree.remove("a/+", "one")).toBe(false);
	expect(tree.remove("a/+", "nobody")).toBe(false);
	expect(tree.remove("a/+", "two")).toBe(true);
	expect(tree.remove("a/+", "two")).toBe(false);
	expect(tree.match("a/b")).toEqual(["one"]);
});

import type { AedesPublishPacket } from "aedes";
import fc from "fast-check";
import { expect, test } from "vitest";
import { matches } from "./access.ts";
import { RetainedTopics } from "./retained-topics.ts";

const packetOf = (topic: string) => ({ topic }) as AedesPublishPacket;
const names = fc.constantFrom("a", "b", "", "é");
const topics = fc.array(names, { minLength: 1, maxLength: 5 }).map((levels) => levels.join("/"));
const filters = fc
	.tuple(fc.array(fc.oneof(names, fc.constant("+")), { minLength: 1, maxLength: 4 }), fc.boolean())
	.map(([levels, isOpen]) => (isOpen ? [...levels, "#"] : levels).join("/"));

test("a filter finds what trying it on every topic finds, also after some were cleared", () => {
	fc.assert(
		fc.property(fc.array(topics), fc.array(topics), filters, (kept, cleared, filter) => {
			const retained = new RetainedTopics();
			for (const topic of [...kept, ...cleared]) retained.set(topic, packetOf(topic));
			for (const topic of cleared) retained.delete(topic);
			const left = new Set(kept.filter((topic) => !cleared.includes(topic)));
			const found = [...retained.matching(filter)].map(({ topic }) => topic);
			const expected = [...left].filter((topic) => matches(filter.split("/"), topic.split("/")));
			expect(found.toSorted()).toEqual(expected.toSorted());
			for (const topic of [...kept, ...cleared]) {
				expect(retained.get(topic)?.topic).toBe(left.has(topic) ? topic : undefined);
			}
		}),
	);
});

test("a topic holds the last message, and what was never there can be cleared", () => {
	const retained = new RetainedTopics();
	retained.set("a/b", packetOf("first"));
	retained.set("a/b", packetOf("last"));
	retained.delete("a/b/c");
	retained.delete("x");
	expect([...retained.matching("#")].map(({ topic }) => topic)).toEqual(["last"]);
});

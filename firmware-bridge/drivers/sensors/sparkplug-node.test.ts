import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TopicLink } from "../../links/link.ts";
import { MessageWriter } from "./protobuf.ts";
import { EdgeNode } from "./sparkplug-node.ts";

const bdSeqMetric = (value: number) =>
	new MessageWriter().bytes(1, Buffer.from("bdSeq")).varint(4, 8n).varint(11, BigInt(value)).finish();
const payload = ({ seq, bdSeq }: { seq?: number; bdSeq?: number }): Uint8Array => {
	const writer = new MessageWriter();
	if (bdSeq !== undefined) writer.bytes(2, bdSeqMetric(bdSeq));
	if (seq !== undefined) writer.varint(3, BigInt(seq));
	return writer.finish();
};

let hear: (topic: string, payload: Uint8Array) => void;
let asked: number;
let told: string[];

/** What the node says, as [type, numbers] after another. */
const say = (...messages: [type: string, numbers: { seq?: number; bdSeq?: number }][]) => {
	for (const [type, numbers] of messages) {
		const tail = type.startsWith("D") ? "EdgeA/Schap1" : "EdgeA";
		hear(`spBv1.0/Winkel/${type}/${tail}`, payload(numbers));
	}
};
const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

beforeEach(() => {
	vi.useFakeTimers();
	asked = 0;
	told = [];
	const link: TopicLink = {
		gone: new Promise(() => undefined),
		topic: "",
		close: async () => undefined,
		shared: () => {
			throw new Error("not here");
		},
		subscribe: async (_, take) => {
			hear = take;
		},
		publish: async () => {
			asked++;
		},
	};
	const node = new EdgeNode(link, { group: "Winkel", node: "EdgeA" });
	node.join({ reborn: () => told.push("born"), died: () => told.push("died") });
});
afterEach(() => vi.useRealTimers());

test("messages in their order, around the end of the count, ask for nothing", () => {
	say(["NBIRTH", { seq: 253, bdSeq: 0 }], ["DBIRTH", { seq: 254 }], ["DDATA", { seq: 255 }], ["DDATA", { seq: 0 }]);
	pass(60);
	expect([asked, told]).toEqual([0, ["born"]]);
});

test("messages that overtake each other ask for nothing, once all have come", () => {
	say(["NBIRTH", { seq: 0, bdSeq: 0 }], ["DDATA", { seq: 3 }], ["DDATA", { seq: 1 }]);
	pass(1);
	say(["DDATA", { seq: 2 }], ["DDATA", { seq: 4 }]);
	pass(60);
	expect(asked).toBe(0);
});

test("a lost message asks for a rebirth after a moment, once, and a rebirth settles it", () => {
	say(["NBIRTH", { seq: 0, bdSeq: 0 }]);
	pass(10);
	say(["DDATA", { seq: 2 }]);
	pass(1.9);
	expect(asked).toBe(0);
	pass(0.2);
	expect(asked).toBe(1);
	say(["DDATA", { seq: 9 }]);
	pass(20);
	expect(asked).toBe(1);
	say(["NBIRTH", { seq: 0, bdSeq: 0 }], ["DDATA", { seq: 1 }]);
	pass(60);
	expect(asked).toBe(1);
});

test("a node that does not answer is asked again, but seldom", () => {
	say(["DDATA", { seq: 2 }]);
	for (let second = 0; second < 85; second++) {
		say(["DDATA", { seq: 2 }]);
		pass(1);
	}
	expect(asked).toBe(3);
});

test("a death of another connection is none", () => {
	say(["NBIRTH", { seq: 0, bdSeq: 4 }], ["NDEATH", { bdSeq: 3 }]);
	expect(told).toEqual(["born"]);
	say(["NDEATH", { bdSeq: 4 }]);
	expect(told).toEqual(["born", "died"]);
});

test("a birth that its own death overtook is not believed, and who lives is asked to say so", () => {
	say(["NDEATH", { bdSeq: 4 }], ["NBIRTH", { seq: 0, bdSeq: 4 }]);
	expect(told).toEqual(["died"]);
	pass(4);
	expect(asked).toBe(1);
	say(["NBIRTH", { seq: 0, bdSeq: 4 }]);
	expect(told).toEqual(["died", "born"]);
});

test("what cannot be read asks for a rebirth and changes nothing", () => {
	hear("spBv1.0/Winkel/NBIRTH/EdgeA", Uint8Array.of(0xff));
	pass(1);
	expect([asked, told]).toEqual([1, []]);
});

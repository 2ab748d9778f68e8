import { expect, test } from "vitest";
import { Doors } from "./doors.ts";

test("an address holds a quarter of a port's connections at most, and gets each back that ends", () => {
	const doors = new Doors();
	const leave = Array.from({ length: 250 }, () => doors.enter("192.168.1.66"));
	expect(leave).not.toContain(undefined);
	expect(doors.enter("192.168.1.66")).toBeUndefined();
	expect(doors.enter("192.168.1.67")).toBeDefined();
	leave[0]?.();
	expect(doors.enter("192.168.1.66")).toBeDefined();
	expect(doors.enter("192.168.1.66")).toBeUndefined();
});

test("the box's own programs are not counted: its bridge connects once for each device", () => {
	const doors = new Doors();
	const ends = Array.from({ length: 600 }, (_, index) => doors.enter(index % 2 ? "127.0.0.1" : "::ffff:127.0.0.1"));
	expect(ends).not.toContain(undefined);
});

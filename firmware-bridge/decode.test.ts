import fc from "fast-check";
import { expect, test } from "vitest";
import { explain } from "./decode.ts";
import { drivers } from "./drivers/index.ts";

const decode = (...words: string[]) => {
	const { code, lines, reason } = explain(words);
	return { code, frames: lines.map((line) => JSON.parse(line)), reason };
};

test("a frame is explained in the direction in which it makes sense", () => {
	expect(decode("toledo8217", "02 30 30 2E 34 35 36 0D")).toMatchObject({
		code: 0,
		frames: [{ direction: "in", hex: "0230302e3435360d", grams: 456, net: false }],
	});
	expect(decode("toledo8217", "57")).toMatchObject({ code: 0, frames: [{ direction: "out", question: "weigh" }] });
});

test("two frames are two objects, and hex may be written as people write it", () => {
	expect(decode("toledo8217", "0x02:3f:41:0d", "02,3F,50,0D").frames).toHaveLength(2);
});

test.each([
	["an unknown driver", ["telex", "00"], /no driver "telex"/],
	["no bytes", ["toledo8217"], /Give a driver and bytes/],
	["half a byte", ["toledo8217", "570"], /no bytes/],
	["a letter that is no digit", ["toledo8217", "zz"], /"z"/],
	["noise", ["toledo8217", "--direction", "in", "30 31 0d"], /frame 1: not STX/],
	["a frame that is cut off", ["toledo8217", "--direction", "in", "02 30 30"], /cut off/],
	["a direction that there is not", ["toledo8217", "--direction", "up", "57"], /in \(from the device\) or out/],
])("%s is refused with a reason", (_, words, reason) => {
	const answer = decode(...words);
	expect(answer.code).toBe(1);
	expect(answer.reason).toMatch(reason);
});

test.each(drivers.map((driver) => driver.name))("any bytes to %s are explained or refused, never a crash", (name) => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (noise) => {
			const { code, reason } = explain([name, Buffer.from(noise).toString("hex")]);
			expect(code === 0 || (reason !== undefined && reason !== "")).toBe(true);
		}),
	);
});

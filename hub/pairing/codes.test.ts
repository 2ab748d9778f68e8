import { expect, test } from "vitest";
import { PairingCodes } from "./codes.ts";

const kassa = { kind: "register", name: "kassa-1" } as const;
const MINUTE = 60_000;

function open() {
	const clock = { now: 0 };
	return { clock, codes: new PairingCodes(() => clock.now) };
}

/** A code that is not this one. */
const another = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

test("a code pairs one device, once", () => {
	const { codes } = open();
	const { code } = codes.issue(kassa);
	expect(code).toMatch(/^\d{6}$/);
	expect(codes.redeem(code, "a")).toEqual(kassa);
	expect(() => codes.redeem(code, "a")).toThrow(expect.objectContaining({ code: "PAIRING_CODE_WRONG" }));
});

test("a code is over after ten minutes, and when its name gets another", () => {
	const { clock, codes } = open();
	const first = codes.issue(kassa).code;
	clock.now += 10 * MINUTE;
	expect(() => codes.redeem(first, "a")).toThrow("no longer");
	const second = codes.issue(kassa).code;
	const third = codes.issue(kassa).code;
	expect(() => codes.redeem(second, "b")).toThrow("no longer");
	expect(codes.redeem(third, "c")).toEqual(kassa);
});

test("two hundred guesses find nothing: who guesses must wait, and after thirty from anywhere every code is void", () => {
	const { clock, codes } = open();
	const { code } = codes.issue(kassa);
	const refusals = new Map<string, number>();
	for (let guess = 0; guess < 200; guess++) {
		try {
			codes.redeem(another(code), `10.0.0.${guess % 3}`);
		} catch (error) {
			const refused = (error as { code: string }).code;
			refusals.set(refused, (refusals.get(refused) ?? 0) + 1);
		}
		clock.now += 100;
	}
	expect(refusals.get("PAIRING_CODE_WRONG")).toBeLessThan(30);
	expect(refusals.get("SIGN_IN_WAIT")).toBeGreaterThan(150);
	for (let guess = 0; guess < 30; guess++) {
		expect(() => codes.redeem(another(code), `10.0.1.${guess}`)).toThrow();
	}
	expect(() => codes.redeem(code, "10.0.2.1")).toThrow("no longer");
	const fresh = codes.issue(kassa).code;
	expect(codes.redeem(fresh, "10.0.2.1")).toEqual(kassa);
});

test("codes are bounded: the oldest of many ends", () => {
	const { codes } = open();
	const made = Array.from({ length: 25 }, (_, index) => codes.issue({ kind: "register", name: `kassa-${index}` }).code);
	expect(() => codes.redeem(made[0] as string, "a")).toThrow();
	expect(codes.redeem(made[24] as string, "b")).toMatchObject({ name: "kassa-24" });
});

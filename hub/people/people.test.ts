import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Waiting } from "../pairing/waiting.ts";
import { People } from "./people.ts";
import { SignedIn } from "./signed-in.ts";

const newFile = (): string => join(mkdtempSync(join(tmpdir(), "people-")), "people.json");
const anja = { name: "anja", title: "Anja", role: "owner" } as const;
const PHRASE = "een kaas per dag houdt de dokter weg";
const HERE = "192.168.1.77";

test("what a person signs in with can't be read from the file, which only the hub may read", async () => {
	const file = newFile();
	const people = await People.open(file);
	await people.put(anja);
	await people.setSecret("anja", "passphrase", PHRASE);
	await people.setSecret("anja", "pin", "4711");
	await people.setBadge("anja", "04A1B2C3D4E580");
	const text = readFileSync(file, "utf8");
	for (const secret of [PHRASE, "4711", "04A1B2C3D4E580", "04a1b2c3d4e580"]) expect(text).not.toContain(secret);
	expect(statSync(file).mode & 0o777).toBe(0o600);
	const again = await People.open(file);
	expect(again.list()).toMatchObject([{ ...anja, hasPassphrase: true, hasPin: true, hasBadge: true }]);
	expect(again.holderOfBadge("04a1b2c3d4e580")?.name).toBe("anja");
	expect((await again.check("anja", "pin", "4711", HERE)).name).toBe("anja");
});

test("a wrong secret, an unknown name and one without that secret are refused alike", async () => {
	const people = await People.open(newFile());
	await people.put(anja);
	await people.setSecret("anja", "passphrase", PHRASE);
	for (const [name, what] of [
		["anja", "passphrase"],
		["anja", "pin"],
		["niemand", "passphrase"],
	] as const) {
		await expect(people.check(name, what, "1234", HERE)).rejects.toMatchObject({ code: "SIGN_IN_WRONG" });
	}
	expect(await people.check("anja", "passphrase", PHRASE, HERE)).toMatchObject({ role: "owner" });
});

test("guessing is made slow for who guesses, and for nobody else", async () => {
	let now = 0;
	const people = await People.open(newFile(), () => now);
	await people.put(anja);
	await people.setSecret("anja", "pin", "4711");
	const guess = (from: string) =>
		people.check("anja", "pin", "0000", from).catch((error: { code: string }) => error.code);
	for (let tries = 0; tries < 4; tries++) expect(await guess(HERE)).toBe("SIGN_IN_WRONG");
	expect(await guess(HERE)).toBe("SIGN_IN_WAIT");
	await expect(people.check("anja", "pin", "4711", HERE)).rejects.toMatchObject({ code: "SIGN_IN_WAIT", waitMs: 5000 });
	expect(await people.check("anja", "pin", "4711", "192.168.1.78")).toMatchObject({ name: "anja" });
	now += 5000;
	expect(await people.check("anja", "pin", "4711", HERE)).toMatchObject({ name: "anja" });
});

test("a million guesses of a PIN take longer than anyone lives, however they are spread in time", () => {
	let now = 0;
	const waiting = new Waiting(() => now);
	const gaps = fc.array(fc.integer({ min: 0, max: 3_600_000 }), { minLength: 50, maxLength: 200 });
	fc.assert(
		fc.property(gaps, (pauses) => {
			const key = String(now);
			const startedAt = now;
			let tries = 0;
			for (const pauseMs of pauses) {
				now += pauseMs;
				if (waiting.restMs(key) > 0) continue;
				waiting.fail(key);
				tries++;
			}
			// Three for nothing, some that double, and then at most four an hour; or one an hour and nothing kept.
			expect(tries).toBeLessThan(12 + ((now - startedAt) / 3_600_000) * 5);
		}),
	);
});

test("a shop always has an owner", async () => {
	const people = await People.open(newFile());
	await people.put(anja);
	await expect(people.remove("anja")).rejects.toMatchObject({ code: "LAST_OWNER" });
	await expect(people.put({ ...anja, role: "cashier" })).rejects.toMatchObject({ code: "LAST_OWNER" });
	await people.put({ name: "bram", title: "Bram", role: "owner" });
	expect(await people.remove("anja")).toBe(true);
	expect(await people.remove("anja")).toBe(false);
});

test("a badge is one person's", async () => {
	const people = await People.open(newFile());
	await people.put(anja);
	await people.put({ name: "bram", title: "Bram", role: "cashier" });
	await people.setBadge("anja", "04a1");
	await expect(people.setBadge("bram", "04A1")).rejects.toMatchObject({ code: "BADGE_TAKEN" });
	await people.setBadge("anja", undefined);
	await people.setBadge("bram", "04a1");
	expect(people.holderOfBadge("04A1")?.name).toBe("bram");
});

test("a damaged file is named and never begun anew: it would let a stranger become the owner", async () => {
	const file = newFile();
	writeFileSync(file, '{"v":1,"people":[{"na');
	await expect(People.open(file)).rejects.toMatchObject({ code: "PEOPLE_UNREADABLE" });
	writeFileSync(file, '{"v":1,"badgeKey":"x","people":[]}');
	await expect(People.open(file)).rejects.toMatchObject({ code: "PEOPLE_UNREADABLE" });
});

test("a sign-in ends by itself when it is not used, and at the latest after half a day", () => {
	let now = 0;
	const signedIn = new SignedIn(() => now);
	const token = signedIn.open("anja", { kind: "console" });
	for (let halfHours = 0; halfHours < 23; halfHours++) {
		now += 29 * 60_000;
		expect(signedIn.read(token)?.person).toBe("anja");
	}
	now += 31 * 60_000;
	expect(signedIn.read(token)).toBeUndefined();
	const idle = signedIn.open("anja", { kind: "console" });
	now += 30 * 60_000;
	expect(signedIn.read(idle)).toBeUndefined();
	const whole = signedIn.open("anja", { kind: "console" });
	for (let minute = 0; minute < 12 * 60; minute++) {
		now += 60_000;
		signedIn.read(whole);
	}
	expect(signedIn.read(whole)).toBeUndefined();
});

test("a register has one cashier at a time, and who is signed out is so everywhere", () => {
	const signedIn = new SignedIn(() => 0);
	const first = signedIn.open("anja", { kind: "register", register: "kassa-1" });
	const second = signedIn.open("bram", { kind: "register", register: "kassa-1" });
	const elsewhere = signedIn.open("anja", { kind: "register", register: "kassa-2" });
	expect(signedIn.read(first)).toBeUndefined();
	expect(signedIn.onRegister("kassa-1")?.person).toBe("bram");
	expect(signedIn.onRegister("kassa-2")?.person).toBe("anja");
	signedIn.closeAll("anja");
	expect(signedIn.read(elsewhere)).toBeUndefined();
	expect(signedIn.read(second)?.person).toBe("bram");
	signedIn.close(second);
	expect(signedIn.onRegister("kassa-1")).toBeUndefined();
});

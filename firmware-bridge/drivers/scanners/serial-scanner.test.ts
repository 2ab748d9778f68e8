import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "@kassahub/contracts/command.ts";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ScannerOnCable, startSerialScanner } from "../../emulators/serial-scanner.ts";
import { type Connected, connect } from "../connected.testing.ts";
import { jobOnPaper } from "../witness.ts";
import { serialScanner } from "./serial-scanner.ts";

const settings = { suffix: "cr", duplicateMs: 300, rules: ["21IIIIIWWWWWC"] };
const APPLE = "8712345000011";
const COLA = "5449000000996";

let scanner: ScannerOnCable;
let connected: Connected<"bytes">;

const plug = async (change: Partial<typeof settings> = {}): Promise<void> => {
	connected = await connect(serialScanner, `serial://${scanner.path}`, { ...settings, ...change });
};
const scanned = (text: string) => connected.witness.untilReading("scan", (reading) => reading.text === text);

beforeEach(async () => {
	scanner = await startSerialScanner({ path: join(mkdtempSync(join(tmpdir(), "scanner-")), "port") });
});

afterEach(async () => {
	await connected.link.close();
	await connected.watching;
	await scanner.unplug();
});

test("a code is a reading with its GTIN, whether or not the scanner sends the AIM identifier", async () => {
	await plug();
	scanner.scan("E0", APPLE);
	expect(await scanned(APPLE)).toEqual({ type: "scan", text: APPLE, symbology: "ean-13", gtin: `0${APPLE}` });
	scanner.set({ sendsAim: false, suffix: "\r" });
	scanner.scan("E0", COLA);
	expect(await scanned(COLA)).toMatchObject({ gtin: `0${COLA}` });
	expect(connected.witness.conditions).toEqual([{ state: "online" }]);
});

test("FNC1 inside a code survives", async () => {
	await plug();
	scanner.scan("d2", `010871234500001110AB12\u001d3103000456`);
	expect(await scanned("010871234500001110AB12\u001d3103000456")).toMatchObject({ batch: "AB12", grams: 456 });
});

test("a code whose check digit is wrong is a fault, not an article", async () => {
	await plug();
	scanner.misbehave({ garblesLastDigit: true });
	scanner.scan("E0", APPLE);
	const reading = await connected.witness.untilReading("scan", () => true);
	expect(reading).toEqual({
		type: "scan",
		text: "8712345000012",
		symbology: "ean-13",
		fault: "SCAN_CHECK_DIGIT_WRONG",
	});
});

test("a stuttering scanner sells once", async () => {
	await plug({ duplicateMs: 10_000 });
	scanner.misbehave({ stutters: true });
	scanner.scan("E0", APPLE);
	scanner.scan("E0", COLA);
	await scanned(COLA);
	expect(connected.witness.readings).toHaveLength(2);
});

test("half a code is never offered as one, nor glued to the next", async () => {
	await plug();
	scanner.misbehave({ cutsOff: true });
	scanner.scan("E0", APPLE);
	expect(await connected.witness.untilReading("scan", () => true)).toMatchObject({ fault: "SCAN_INCOMPLETE" });
	scanner.misbehave({});
	scanner.scan("E0", COLA);
	expect(await scanned(COLA)).toMatchObject({ gtin: `0${COLA}` });
});

test("without a suffix, silence ends a code", async () => {
	await plug({ suffix: "none" });
	scanner.set({ suffix: "" });
	scanner.scan("E0", APPLE);
	expect(await scanned(APPLE)).toMatchObject({ gtin: `0${APPLE}` });
});

test("bytes without an end are a fault, and the scanner reads on", async () => {
	await plug();
	scanner.misbehave({ rambles: true });
	scanner.scan("E0", APPLE);
	expect(await connected.witness.untilReading("scan", () => true)).toMatchObject({ fault: "SCAN_INCOMPLETE" });
	scanner.misbehave({});
	scanner.scan("E0", COLA);
	scanner.scan("E0", APPLE);
	await scanned(APPLE);
});

test("an unplugged scanner is gone, and reads again when it is plugged in", async () => {
	await plug();
	await scanner.unplug();
	expect(await connected.link.gone).toMatchObject({ code: "DEVICE_UNREACHABLE" });
	await connected.watching;
	await connected.link.close();
	await scanner.replug();
	await plug();
	scanner.scan("E0", APPLE);
	await scanned(APPLE);
});

test("its self-test says what it has read", async () => {
	await plug();
	scanner.scan("E0", APPLE);
	await scanned(APPLE);
	const command: Command = { id: uuidv7(), at: new Date().toISOString(), action: "self-test" };
	expect(await connected.session.perform(command, jobOnPaper())).toMatchObject({
		status: "done",
		detail: expect.stringContaining("1 code read"),
	});
});

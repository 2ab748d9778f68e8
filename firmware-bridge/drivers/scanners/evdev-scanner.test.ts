import { afterEach, beforeEach, expect, test } from "vitest";
import { type InputDevice, plugInInputDevice } from "../../emulators/input-device.ts";
import { EmulatedKeyboardScanner } from "../../emulators/keyboard-scanner.ts";
import { type Connected, connect } from "../connected.testing.ts";
import { evdevScanner } from "./evdev-scanner.ts";

const settings = { suffix: "enter", duplicateMs: 300, rules: ["21IIIIIWWWWWC"] };
const APPLE = "8712345000011";

let device: InputDevice;
let scanner: EmulatedKeyboardScanner;
let connected: Connected<"bytes">;

const plug = async (change: Partial<typeof settings> = {}): Promise<void> => {
	connected = await connect(evdevScanner, `evdev://${device.path}`, { ...settings, ...change });
};
const readings = () => connected.witness.readings;
const scanned = (text: string) => connected.witness.untilReading("scan", (reading) => reading.text === text);

beforeEach(() => {
	device = plugInInputDevice();
	scanner = new EmulatedKeyboardScanner((bytes) => device.send(bytes));
});

afterEach(async () => {
	device.unplug();
	expect(await connected.link.gone).toMatchObject({ code: "DEVICE_UNREACHABLE" });
	await connected.watching;
});

test("what a scanner types is a reading, with capitals, separators and its standard", async () => {
	await plug();
	scanner.scan(`]E0${APPLE}`);
	expect(await scanned(APPLE)).toEqual({ type: "scan", text: APPLE, symbology: "ean-13", gtin: `0${APPLE}` });
	scanner.scan("]d2010871234500001110ab-CD\u001d3103000456");
	expect(await scanned("010871234500001110ab-CD\u001d3103000456")).toMatchObject({ batch: "ab-CD", grams: 456 });
});

test("a code of which the kernel lost keys is a fault, and the next is whole", async () => {
	await plug();
	scanner.misbehave({ overruns: true });
	scanner.scan(APPLE);
	expect(await connected.witness.untilReading("scan", () => true)).toMatchObject({ fault: "SCAN_INCOMPLETE" });
	scanner.misbehave({ overruns: false });
	scanner.scan(APPLE);
	await scanned(APPLE);
	expect(readings()).toHaveLength(2);
});

test("a code without Enter is a fault: it is not glued to the next", async () => {
	await plug();
	scanner.misbehave({ forgetsEnd: true });
	scanner.scan("871234");
	scanner.misbehave({ forgetsEnd: false });
	scanner.wait(1500);
	scanner.scan(APPLE);
	await scanned(APPLE);
	expect(readings()[0]).toEqual({ type: "scan", text: "871234", fault: "SCAN_INCOMPLETE" });
});

test("where a scanner is set to type no Enter, silence ends a code", async () => {
	await plug({ suffix: "none" });
	scanner.misbehave({ forgetsEnd: true });
	scanner.scan("5449000000996");
	scanner.wait(150);
	scanner.scan(APPLE);
	await scanned(APPLE);
	expect(readings()).toMatchObject([{ gtin: "05449000000996" }, { gtin: `0${APPLE}` }]);
});

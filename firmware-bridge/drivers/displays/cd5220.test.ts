import { expect, test } from "vitest";
import { EmulatedDisplay } from "../../emulators/displays.ts";
import { cd5220, encodeCd5220 } from "./cd5220.ts";
import { conformDisplay } from "./displays.conformance.ts";

conformDisplay(cd5220, "cd5220", encodeCd5220);

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

test("the lines are those of the sheet's example, with the code page between", () => {
	// Part B, E1.
	const lower = "1B 51 42 54 4F 54 41 41 4C 20 45 55 52 20 20 20 20 31 39 2C 39 35 20 0D";
	const sent = Buffer.from(encodeCd5220(["KOMKOMMER      1,82 ", "TOTAAL EUR    19,95 "], { codePage: 437 }));
	expect(sent.subarray(0, 7).toString("hex")).toBe("0c1b74001b5141");
	expect(sent.subarray(-24)).toEqual(Buffer.from(bytes(lower)));
});

test("the emulator hears nothing but lines after a line, until it is cleared, as the sheet has it", () => {
	const display = new EmulatedDisplay("cd5220");
	display.receive(bytes("1B 6C 01 02 48 41 4C 4C 4F"));
	expect(display.lines[1]).toBe("HALLO".padEnd(20));
	display.receive(bytes("1B 51 41 42 4F 0D 48 49 1B 40"));
	expect(display.lines).toEqual(["BO".padEnd(20), "HALLO".padEnd(20)]);
	display.receive(bytes("0C 48 49"));
	expect(display.lines).toEqual(["HI".padEnd(20), "".padEnd(20)]);
});

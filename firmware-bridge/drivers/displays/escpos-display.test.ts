import { expect, test } from "vitest";
import { conformDisplay } from "./displays.conformance.ts";
import { encodeEscposDisplay, escposDisplay } from "./escpos-display.ts";

conformDisplay(escposDisplay, "escpos", encodeEscposDisplay);

test("each line is put where it belongs, in twenty characters, by the sheet's commands", () => {
	const sent = Buffer.from(encodeEscposDisplay(["HALLO"], { codePage: 858, codePageNumber: 40 })).toString("hex");
	const spaces = (count: number) => "20".repeat(count);
	expect(sent).toBe(`0c1f43001b74281f2401014841 4c4c4f${spaces(15)}1f240102${spaces(20)}`.replaceAll(" ", ""));
});

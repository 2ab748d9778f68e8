import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "@kassahub/contracts/command.ts";
import fc from "fast-check";
import type { TObject } from "typebox";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DisplayKind, type DisplayOnCable, EmulatedDisplay, startDisplay } from "../../emulators/displays.ts";
import { type CodePage, fitText } from "../code-pages.ts";
import { type Connected, connect } from "../connected.testing.ts";
import type { Driver, Outcome } from "../driver.ts";
import { WireError } from "../wire.ts";
import { jobOnPaper } from "../witness.ts";
import type { DisplaySettings } from "./two-lines.ts";

const lineOf = (text: string, page: CodePage): string => fitText(text, page).slice(0, 20).padEnd(20);

/** What every display driver must hold to, over a real serial port, against its emulator. */
export function conformDisplay(
	driver: Driver<TObject, "bytes">,
	kind: DisplayKind,
	encode: (lines: readonly string[], settings: DisplaySettings) => Uint8Array,
): void {
	describe(`${driver.name} over a serial port`, () => {
		let display: DisplayOnCable;
		let connected: Connected<"bytes">;

		const open = async (settings: DisplaySettings = { codePage: 437 }): Promise<void> => {
			connected = await connect(driver, `serial://${display.path}`, settings);
		};
		const perform = (action: object): Promise<Outcome> =>
			connected.session.perform({ id: uuidv7(), at: new Date().toISOString(), ...action } as Command, jobOnPaper());
		const show = (...lines: string[]): Promise<Outcome> => perform({ action: "show", lines });
		const showing = async (...lines: [string, string]): Promise<void> => {
			while (display.lines.join("|") !== lines.join("|")) await once(display, "changed");
		};

		beforeEach(async () => {
			display = await startDisplay({ path: join(mkdtempSync(join(tmpdir(), "display-")), "port"), kind });
		});

		afterEach(async () => {
			await connected.link.close();
			await connected.watching;
			await display.close();
		});

		test("shows two lines as they are, and says that it can't know whether anybody sees them", async () => {
			await open();
			expect(connected.witness.conditions).toEqual([{ state: "online" }]);
			expect(await show("KOMKOMMER      1,82", "TOTAAL EUR    19,95")).toEqual({
				status: "done",
				detail: expect.stringContaining("does not answer"),
			});
			await showing("KOMKOMMER      1,82 ", "TOTAAL EUR    19,95 ");
		});

		test("a line that is left out is empty, and one that is too long is cut", async () => {
			await open();
			await show("een", "twee");
			await showing("een".padEnd(20), "twee".padEnd(20));
			await show("Boerenkaas belegen 48+ van de boerderij");
			await showing("Boerenkaas belegen 4", " ".repeat(20));
			await show("12345678901234567890", "abcdefghijabcdefghij");
			await showing("12345678901234567890", "abcdefghijabcdefghij");
		});

		test("letters are shown as the display has them, and the euro where it has that", async () => {
			await open({ codePage: 858 });
			await show("€ 19,95", "Crème brûlée Łódź");
			await showing("€ 19,95".padEnd(20), "Crème brûlée Lódz".padEnd(20));
			await connected.link.close();
			await open();
			await show("€ 19,95", "Ïglo");
			await showing("EUR 19,95".padEnd(20), "Iglo".padEnd(20));
		});

		test("an article's name cannot command the display", async () => {
			await open();
			await show("a\x1b@b\x0cc\x1fd\rE", "\x1bQAzz\x0d");
			await showing("a@bcdE".padEnd(20), "QAzz".padEnd(20));
		});

		test("a display that was switched off and on shows the next lines right", async () => {
			await open({ codePage: 858 });
			await show("€ 1,00");
			await showing("€ 1,00".padEnd(20), " ".repeat(20));
			display.switchOffAndOn();
			await show("€ 2,00", "é");
			await showing("€ 2,00".padEnd(20), "é".padEnd(20));
		});

		test("the plug pulled: the link is gone, and the next lines are shown when it is in again", async () => {
			await open();
			await display.unplug();
			expect((await connected.link.gone).code).toBe("DEVICE_UNREACHABLE");
			await expect(show("weg")).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
			await connected.link.close();
			await display.replug();
			await open();
			await show("terug");
			await showing("terug".padEnd(20), " ".repeat(20));
		});

		test("a self-test shows letters and digits for a person to look at", async () => {
			await open();
			expect(await perform({ action: "self-test" })).toMatchObject({ status: "done" });
			await showing("Kassahub  1234567890", "EUR 19,95  é ë ï ö ü".padEnd(20));
		});

		test("any lines at all are shown as they fit, whatever was shown before", () => {
			const text = fc.string({ unit: "binary", maxLength: 40 });
			fc.assert(
				fc.property(
					fc.array(fc.tuple(text, text), { maxLength: 3 }),
					text,
					text,
					fc.constantFrom<CodePage>(437, 850, 858, 1252),
					(before, upper, lower, codePage) => {
						const screen = new EmulatedDisplay(kind);
						for (const lines of [...before, [upper, lower]]) screen.receive(encode(lines, { codePage }));
						expect(screen.lines).toEqual([lineOf(upper, codePage), lineOf(lower, codePage)]);
					},
				),
			);
		});

		test("what is sent is read as its commands, and anything else is refused by name", () => {
			const sent = encode(["TOTAAL", "€ 19,95"], { codePage: 858 });
			const { commands } = driver.wire.explain(sent, "out");
			expect(commands).toEqual(expect.arrayContaining(["clear", "code page 858"]));
			expect(JSON.stringify(commands)).toMatch(/TOTAAL {14}.*€ 19,95 {13}/);
			fc.assert(
				fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
					try {
						expect(driver.wire.explain(noise, "out")).toHaveProperty("commands");
					} catch (error) {
						expect(error).toBeInstanceOf(WireError);
					}
					expect(() => driver.wire.explain(noise, "in")).toThrow(WireError);
				}),
			);
		});
	});
}

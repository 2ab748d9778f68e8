import fc from "fast-check";
import { expect, test } from "vitest";
import { characterOf } from "../emulators/code-pages.ts";
import { type CodePage, codePages, encodeFitted, fitText } from "./code-pages.ts";

const pages: CodePage[] = [437, 850, 858, 1252];

/** What the emulator, which has tables of its own, makes of a text on that page. */
const shown = (text: string, page: CodePage): string =>
	[...encodeFitted(fitText(text, page), page)].map((byte) => characterOf(codePages[page].epsonNumber, byte)).join("");

test.each(pages)("on page %i any text at all becomes printable bytes, which show what was to be shown", (page) => {
	fc.assert(
		fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
			const fitted = fitText(text, page);
			for (const byte of encodeFitted(fitted, page)) expect(byte).toBeGreaterThanOrEqual(0x20);
			expect(encodeFitted(fitted, page)).not.toContain(0x7f);
			expect(shown(text, page)).toBe(fitted);
			expect(fitText(fitted, page)).toBe(fitted);
		}),
		{ numRuns: 500 },
	);
});

test("Dutch letters are printed as themselves, and the euro where the page has it", () => {
	const letters = "é è ê ë ï î ö ô ü û ú ó á à â í ñ ç É Ö Ü Ç";
	for (const page of pages) expect(shown(letters, page)).toBe(letters);
	const capitals = "Ë Ï È Á Ó Ú Í";
	for (const page of [850, 858, 1252] as const) expect(shown(capitals, page)).toBe(capitals);
	expect(shown(capitals, 437)).toBe("E I E A O U I");
	for (const page of [858, 1252] as const) expect(shown("€ 19,95", page)).toBe("€ 19,95");
	for (const page of [437, 850] as const) expect(shown("€ 19,95", page)).toBe("EUR 19,95");
});

test("what a page lacks is printed as its nearest, and what commands is not printed at all", () => {
	expect(fitText("Ĳsbeer “ő” Łódź – 5 ™", 858)).toBe('IJsbeer "o" Lódz - 5 TM');
	expect(fitText("Ĳsbeer “ő” Łódź – 5 ™", 1252)).toBe("IJsbeer “o” Lódz – 5 ™");
	expect(fitText("½ kg Crème fraîche", 437)).toBe("½ kg Crème fraîche");
	expect(fitText("Ærø × ³ ﬁne g\u0308", 437)).toBe("Æro x 3 fine g");
	expect(fitText("奶酪 🧀", 858)).toBe("?? ?");
	expect(fitText("a\x1bb\u0085c\u200dd", 858)).toBe("abcd");
});

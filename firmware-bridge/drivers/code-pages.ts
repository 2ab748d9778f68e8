/**
 * The code pages of receipt printers and customer displays: what each holds above ASCII, from 80 to FF, and the number by
 * which ESC t selects it on Epson's models. Of a copy the number may be another.
 */
export const codePages = {
	437: {
		epsonNumber: 0,
		high: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0",
	},
	850: {
		epsonNumber: 2,
		high: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0",
	},
	858: {
		epsonNumber: 19,
		high: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0",
	},
	1252: {
		epsonNumber: 16,
		high: "€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
	},
} as const;
export type CodePage = keyof typeof codePages;

const substitutes: Record<string, string> = {
	"€": "EUR",
	"“": '"',
	"”": '"',
	"„": '"',
	"‘": "'",
	"’": "'",
	"‚": ",",
	"–": "-",
	"—": "-",
	"−": "-",
	"‑": "-",
	"…": "...",
	"•": "*",
	"×": "x",
	"™": "TM",
	"©": "(c)",
	"®": "(r)",
	"½": "1/2",
	"¼": "1/4",
	"¾": "3/4",
	"°": "o",
	"²": "2",
	"³": "3",
	Ĳ: "IJ",
	ĳ: "ij",
	Æ: "AE",
	æ: "ae",
	Œ: "OE",
	œ: "oe",
	ß: "ss",
	ẞ: "SS",
	ø: "o",
	Ø: "O",
	ł: "l",
	Ł: "L",
	đ: "d",
	Đ: "D",
	ð: "d",
	Ð: "D",
	þ: "th",
	Þ: "Th",
	ı: "i",
	"\u00a0": " ",
	"\u202f": " ",
	"\u00ad": "",
	"\t": " ",
};

/** Spaces and signs that a page may hold and that are better printed as what they stand for. */
const neverItself = new Set(["\u00a0", "\u00ad", "\ufffd"]);

const held = Object.fromEntries(
	Object.entries(codePages).map(([page, { high }]) => [
		page,
		new Map([...high].flatMap((character, index) => (neverItself.has(character) ? [] : [[character, 0x80 + index]]))),
	]),
) as Record<CodePage, Map<string, number>>;

/**
 * The text as a device with that code page can show it: letters it lacks lose their accent, the euro becomes EUR, the
 * rest becomes `?`. Control characters are dropped: an article's name must not command the device.
 */
export function fitText(text: string, page: CodePage): string {
	let out = "";
	for (const character of text.normalize("NFC")) {
		if (/\p{M}/u.test(character)) continue;
		if ((character >= " " && character <= "~") || held[page].has(character)) out += character;
		else if (character in substitutes) out += substitutes[character];
		else if (/\p{C}/u.test(character)) continue;
		else out += plainOf(character, page);
	}
	return out;
}

/** What a character is made of, without what stands on or under its letters; `?` for what the page has not even of that. */
const plainOf = (character: string, page: CodePage): string =>
	[...character.normalize("NFKD")]
		.filter((part) => !/\p{M}/u.test(part))
		.map((part) => ((part >= " " && part <= "~") || held[page].has(part) ? part : "?"))
		.join("");

/** The bytes of a text that fits. */
export const encodeFitted = (text: string, page: CodePage): Uint8Array =>
	Uint8Array.from(text, (character) => held[page].get(character) ?? character.charCodeAt(0));

/** What a device with that page shows of these bytes. */
export const shownBy = (bytes: Uint8Array, page: CodePage): string =>
	[...bytes]
		.map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : (codePages[page].high[byte - 0x80] ?? "")))
		.join("");

/** The page that Epson's number selects, where it is one of these. */
export const pageNumbered = (epsonNumber: number): CodePage | undefined =>
	(Object.keys(codePages).map(Number) as CodePage[]).find((page) => codePages[page].epsonNumber === epsonNumber);

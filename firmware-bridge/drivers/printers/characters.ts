/** What code page 858 holds above ASCII, from 80 to FF: western Europe, and the euro at D5. */
const CODE_PAGE_858 =
	"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0";

const printable = new Set(CODE_PAGE_858);

const substitutes: Record<string, string> = {
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
	"™": "TM",
	Ĳ: "IJ",
	ĳ: "ij",
	Œ: "OE",
	œ: "oe",
	ẞ: "SS",
	ł: "l",
	Ł: "L",
	đ: "d",
	Đ: "D",
	"\u00a0": " ",
	"\u202f": " ",
	"\t": " ",
};

/**
 * The text as a printer with code page 858 can print it: letters it lacks lose their accent, the rest becomes `?`.
 * Control characters are dropped: an article's name must not command the printer.
 */
export function printableText(text: string): string {
	let out = "";
	for (const character of text.normalize("NFC")) {
		const substitute = substitutes[character];
		if (substitute !== undefined) out += substitute;
		else if (character >= " " && character <= "~") out += character;
		else if (character < " " || (character >= "\u007f" && character < "\u00a0")) continue;
		else if (printable.has(character)) out += character;
		else {
			const base = character.normalize("NFD").charAt(0);
			out += base >= " " && base <= "~" ? base : "?";
		}
	}
	return out;
}

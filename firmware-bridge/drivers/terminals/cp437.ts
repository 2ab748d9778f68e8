/** What code page 437 holds above ASCII, from 80 to FF: ZVT terminals write text in it unless told otherwise. */
const CODE_PAGE_437 =
	"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

/** The bytes as text; control characters are dropped, and with them the NUL that ends some names. */
export function decodeText(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) {
		if (byte >= 0x80) text += CODE_PAGE_437.charAt(byte - 0x80);
		else if (byte >= 0x20 && byte !== 0x7f) text += String.fromCharCode(byte);
	}
	return text;
}

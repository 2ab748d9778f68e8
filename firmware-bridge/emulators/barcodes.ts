/** Bars as a string of 1 (bar) and 0 (space), one module each. */

const EAN_LEFT = [
	"0001101",
	"0011001",
	"0010011",
	"0111101",
	"0100011",
	"0110001",
	"0101111",
	"0111011",
	"0110111",
	"0001011",
];
const EAN_PARITY = ["LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"];

const invert = (bars: string): string => bars.replace(/./g, (bar) => (bar === "1" ? "0" : "1"));
const mirror = (bars: string): string => [...bars].reverse().join("");

/** The 13 digits, with the check digit the printer adds to 12 (ISO/IEC 15420). */
export function ean13Digits(digits: string): string {
	const twelve = digits.slice(0, 12);
	const sum = [...twelve].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
	return `${twelve}${(10 - (sum % 10)) % 10}`;
}

export function ean13Bars(digits: string): string {
	const all = ean13Digits(digits);
	const parity = EAN_PARITY[Number(all[0])] ?? "";
	const left = [...all.slice(1, 7)].map((digit, index) => {
		const code = EAN_LEFT[Number(digit)] ?? "";
		return parity[index] === "L" ? code : mirror(invert(code));
	});
	const right = [...all.slice(7)].map((digit) => invert(EAN_LEFT[Number(digit)] ?? ""));
	return `101${left.join("")}01010${right.join("")}101`;
}

/** Widths of bar, space, bar, … of Code 128's symbols 0-105 (ISO/IEC 15417), six digits each. */
const CODE128 =
	"212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232";
const CODE128_STOP = "2331112";
const START_B = 104;

const widths = (symbol: number): string => CODE128.slice(symbol * 6, symbol * 6 + 6);

/** Code 128 subset B: printable ASCII. */
export function code128Bars(text: string): string {
	const symbols = [START_B, ...[...text].map((character) => character.charCodeAt(0) - 32)];
	const check = symbols.reduce((sum, symbol, index) => sum + symbol * Math.max(1, index), 0) % 103;
	return [...[...symbols, check].map(widths), CODE128_STOP]
		.join("")
		.replace(/./g, (width, index: number) => (index % 2 === 0 ? "1" : "0").repeat(Number(width)));
}

/**
 * AIM symbology identifiers (ISO/IEC 15424), which a scanner puts before what it reads: `]`, a letter for the symbology
 * and a modifier. Where the modifier says more than the letter it stands here too.
 */
const names: Readonly<Record<string, string>> = {
	A: "code-39",
	C: "code-128",
	C1: "gs1-128",
	d: "data-matrix",
	d2: "gs1-data-matrix",
	E: "ean-13",
	E1: "add-on-2",
	E2: "add-on-5",
	E4: "ean-8",
	e: "gs1-databar",
	F: "codabar",
	G: "code-93",
	I: "itf",
	J: "dotcode",
	J1: "gs1-dotcode",
	L: "pdf417",
	Q: "qr",
	Q3: "gs1-qr",
	z: "aztec",
};

/** A symbology identifier without its bracket, such as `E0` or `C1`. */
export type AimId = string;

export const symbologyOf = (aim: AimId): string | undefined => names[aim] ?? names[aim.charAt(0)];

/** True where the standard says that what follows is a GS1 element string. */
export const isElementString = (aim: AimId): boolean => symbologyOf(aim)?.startsWith("gs1-") ?? false;

/** Takes a symbology identifier off what a scanner sent, where there is one. */
export function splitAim(scanned: string): { aim?: AimId; text: string } {
	const aim = /^\]([A-Za-z][0-9A-Za-z])/.exec(scanned)?.[1];
	if (aim === undefined || symbologyOf(aim) === undefined) return { text: scanned };
	return { aim, text: scanned.slice(3) };
}

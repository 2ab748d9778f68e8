/** Why a code was read and is still no code; the detail is for a technician. The codes are of the error table. */
export class BarcodeError extends Error {
	readonly code: "SCAN_CHECK_DIGIT_WRONG" | "SCAN_GS1_INVALID";
	readonly detail: string;

	constructor(code: BarcodeError["code"], detail: string) {
		super(`${code}: ${detail}`);
		this.name = "BarcodeError";
		this.code = code;
		this.detail = detail;
	}
}

import { encodeText, type PrintJob } from "./receipt.ts";

/** What a technician wants to see on paper: the width, the letters, the euro and a clean cut. */
export function testSlip(columns: 32 | 42 | 48): PrintJob {
	const ruler = Array.from({ length: columns }, (_, index) => String((index + 1) % 10)).join("");
	return encodeText(
		[
			ruler,
			"Kassahub",
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
			"abcdefghijklmnopqrstuvwxyz",
			"0123456789",
			"€ é ë ï ö ü á à è ç ñ",
			ruler,
		],
		columns,
	);
}

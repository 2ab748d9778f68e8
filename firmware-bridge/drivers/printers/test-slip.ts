import { encodeText, type Layout, type PrintJob } from "./receipt.ts";

/** What a technician wants to see on paper: the width, the letters, the euro and a clean cut. */
export function testSlip(layout: Layout): PrintJob {
	const ruler = Array.from({ length: layout.columns }, (_, index) => String((index + 1) % 10)).join("");
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
		layout,
	);
}

/** What a printer has put on paper, as things a person would point at. */
export type Style = {
	isBold: boolean;
	underline: 0 | 1 | 2;
	isInverse: boolean;
	width: number;
	height: number;
	font: "A" | "B";
};
export type Align = "left" | "center" | "right";

export type Mark =
	| { kind: "line"; align: Align; runs: { text: string; style: Style }[]; height: number }
	| { kind: "feed"; dots: number }
	| { kind: "qr"; align: Align; data: string; module: number; level: "L" | "M" | "Q" | "H" }
	| {
			kind: "barcode";
			align: Align;
			symbology: "ean13" | "code128";
			data: string;
			height: number;
			module: number;
			hasText: boolean;
	  }
	| { kind: "raster"; align: Align; bytesPerRow: number; rows: Uint8Array };

/** One piece of paper, from cut to cut. */
export type Paper = { marks: Mark[]; cut: "full" | "partial" };

/** The paper as plain text, for tests and logs: what can't be text stands in brackets. */
export function paperText(paper: Paper, columns = 48): string {
	const lines: string[] = [];
	for (const mark of paper.marks) {
		if (mark.kind === "line") {
			const text = mark.runs.map((run) => run.text).join("");
			const width = mark.runs.reduce((sum, run) => sum + run.text.length * run.style.width, 0);
			const room = Math.max(0, columns - width);
			const indent = mark.align === "center" ? Math.floor(room / 2) : mark.align === "right" ? room : 0;
			lines.push(`${" ".repeat(indent)}${text}`.trimEnd());
		} else if (mark.kind === "feed") lines.push(...Array.from({ length: Math.round(mark.dots / 30) }, () => ""));
		else if (mark.kind === "qr") lines.push(`[QR ${mark.data}]`);
		else if (mark.kind === "barcode") lines.push(`[${mark.symbology.toUpperCase()} ${mark.data}]`);
		else lines.push(`[raster ${mark.bytesPerRow * 8}x${mark.rows.length / mark.bytesPerRow}]`);
	}
	return `${lines.join("\n").trimEnd()}\n[${paper.cut} cut]\n`;
}

import { encode } from "uqr";
import { code128Bars, ean13Bars, ean13Digits } from "./barcodes.ts";
import type { Align, Mark, Paper, Style } from "./paper.ts";

/** 80 mm paper prints 72 mm at 203 dots an inch: 576 dots. The drawing's unit is a dot. */
const PRINT_DOTS = 576;
const MARGIN_DOTS = 36;
const DESK_DOTS = 40;
const LEAD_DOTS = 48;
const TOOTH_DOTS = 12;
const INK = "#26272b";

/** Draws a piece of paper as it lies on the counter, as an SVG. */
export function drawPaper(paper: Paper): string {
	const drawn: string[] = [];
	let y = LEAD_DOTS;
	for (const mark of paper.marks) {
		const { svg, height } = drawMark(mark, y);
		drawn.push(svg);
		y += height;
	}
	const height = y + LEAD_DOTS;
	const width = PRINT_DOTS + 2 * MARGIN_DOTS;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width + 2 * DESK_DOTS} ${height + 2 * DESK_DOTS}" width="${Math.round((width + 2 * DESK_DOTS) * 0.75)}" height="${Math.round((height + 2 * DESK_DOTS) * 0.75)}" font-family="'DejaVu Sans Mono','Liberation Mono','Cascadia Mono',Menlo,monospace">
<defs>
<linearGradient id="paper" x1="0" x2="1" y1="0" y2="0"><stop offset="0" stop-color="#f1efe8"/><stop offset="0.06" stop-color="#fcfbf7"/><stop offset="0.94" stop-color="#fcfbf7"/><stop offset="1" stop-color="#efede5"/></linearGradient>
<filter id="shadow" x="-10%" y="-5%" width="120%" height="110%"><feDropShadow dx="0" dy="6" stdDeviation="9" flood-color="#000" flood-opacity="0.28"/></filter>
</defs>
<rect width="100%" height="100%" fill="#d9dde3"/>
<g transform="translate(${DESK_DOTS} ${DESK_DOTS})">
<path d="${outline(width, height)}" fill="url(#paper)" filter="url(#shadow)"/>
<g transform="translate(${MARGIN_DOTS} 0)" fill="${INK}">
${drawn.join("\n")}
</g></g></svg>
`;
}

/** Paper torn at the cutter's teeth, above and below. */
function outline(width: number, height: number): string {
	const teeth = Math.round(width / TOOTH_DOTS);
	const tooth = width / teeth;
	let path = "M0 0";
	for (let index = 0; index < teeth; index++) path += `l${tooth / 2} ${TOOTH_DOTS / 3}l${tooth / 2} ${-TOOTH_DOTS / 3}`;
	path += `V${height}`;
	for (let index = 0; index < teeth; index++)
		path += `l${-tooth / 2} ${TOOTH_DOTS / 3}l${-tooth / 2} ${-TOOTH_DOTS / 3}`;
	return `${path}Z`;
}

function drawMark(mark: Mark, y: number): { svg: string; height: number } {
	if (mark.kind === "feed") return { svg: "", height: mark.dots };
	if (mark.kind === "line") return { svg: drawLine(mark, y), height: mark.height };
	if (mark.kind === "qr") return drawQr(mark, y);
	if (mark.kind === "barcode") return drawBarcode(mark, y);
	return drawRaster(mark, y);
}

const indentOf = (align: Align, width: number): number =>
	align === "left" ? 0 : Math.max(0, align === "center" ? (PRINT_DOTS - width) / 2 : PRINT_DOTS - width);

/** Font A is 12 by 24 dots, font B 9 by 17. */
const cellOf = (style: Style): { width: number; height: number } =>
	style.font === "A" ? { width: 12, height: 24 } : { width: 9, height: 17 };

function drawLine(line: Extract<Mark, { kind: "line" }>, y: number): string {
	const widths = line.runs.map((run) => run.text.length * cellOf(run.style).width * run.style.width);
	let x = indentOf(
		line.align,
		widths.reduce((sum, width) => sum + width, 0),
	);
	const baseline = y + line.height - 9;
	return line.runs
		.map((run, index) => {
			const { style } = run;
			const width = widths[index] ?? 0;
			const cell = cellOf(style);
			const left = x;
			x += width;
			const box = { x: left, y: baseline - cell.height * style.height + 5, width, height: cell.height * style.height };
			const back = style.isInverse ? `<rect ${attributes(box)}/>` : "";
			const rule =
				style.underline > 0
					? `<rect ${attributes({ x: left, y: baseline + 4, width, height: style.underline })}/>`
					: "";
			if (run.text.trim() === "") return back + rule;
			const ink = style.isInverse ? ' fill="#fcfbf7"' : "";
			const weight = style.isBold ? ' font-weight="700"' : "";
			const text = `<text xml:space="preserve" transform="translate(${left} ${baseline}) scale(${style.width} ${style.height})" font-size="${cell.height * 0.82}" textLength="${run.text.length * cell.width}" lengthAdjust="spacingAndGlyphs"${weight}${ink}>${escaped(run.text)}</text>`;
			return back + text + rule;
		})
		.join("");
}

const attributes = (box: Record<string, number>): string =>
	Object.entries(box)
		.map(([name, value]) => `${name}="${value}"`)
		.join(" ");

const escaped = (text: string): string =>
	text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`).replaceAll(" ", "\u00a0");

function drawQr(qr: Extract<Mark, { kind: "qr" }>, y: number): { svg: string; height: number } {
	const { data, size } = encode(qr.data, { ecc: qr.level, boostEcc: false, border: 0 });
	const width = size * qr.module;
	const left = indentOf(qr.align, width);
	let path = "";
	for (const [row, cells] of data.entries()) {
		for (const [column, isDark] of cells.entries()) {
			if (isDark)
				path += `M${left + column * qr.module} ${y + 8 + row * qr.module}h${qr.module}v${qr.module}h${-qr.module}z`;
		}
	}
	return { svg: `<path shape-rendering="crispEdges" d="${path}"/>`, height: width + 16 };
}

function drawBarcode(code: Extract<Mark, { kind: "barcode" }>, y: number): { svg: string; height: number } {
	const bars = code.symbology === "ean13" ? ean13Bars(code.data) : code128Bars(code.data);
	const text = code.symbology === "ean13" ? ean13Digits(code.data) : code.data;
	const width = bars.length * code.module;
	const left = indentOf(code.align, width);
	let path = "";
	for (const run of bars.matchAll(/1+/g)) {
		path += `M${left + run.index * code.module} ${y + 8}h${run[0].length * code.module}v${code.height}h${-run[0].length * code.module}z`;
	}
	const words = code.hasText
		? `<text x="${left + width / 2}" y="${y + code.height + 30}" font-size="20" text-anchor="middle">${escaped(text)}</text>`
		: "";
	return {
		svg: `<path shape-rendering="crispEdges" d="${path}"/>${words}`,
		height: code.height + (code.hasText ? 40 : 16),
	};
}

function drawRaster(raster: Extract<Mark, { kind: "raster" }>, y: number): { svg: string; height: number } {
	const height = Math.floor(raster.rows.length / raster.bytesPerRow);
	const left = indentOf(raster.align, raster.bytesPerRow * 8);
	let path = "";
	for (let row = 0; row < height; row++) {
		for (let column = 0; column < raster.bytesPerRow * 8; column++) {
			const byte = raster.rows[row * raster.bytesPerRow + (column >> 3)] ?? 0;
			if ((byte >> (7 - (column & 7))) & 1) path += `M${left + column} ${y + row}h1v1h-1z`;
		}
	}
	return { svg: `<path shape-rendering="crispEdges" d="${path}"/>`, height };
}

import { characterOf } from "./code-pages.ts";
import type { Align, Mark, Paper, Style } from "./paper.ts";

/** What the printer does beside printing. */
export type Deed =
	| { kind: "answer"; bytes: Uint8Array }
	| { kind: "drawer"; pin: 2 | 5 }
	| { kind: "status-back"; mask: number }
	| { kind: "paper-status" }
	| { kind: "identity"; part: number }
	| { kind: "cut"; paper: Paper }
	| { kind: "printed" };

const plain = (): Style => ({ isBold: false, underline: 0, isInverse: false, width: 1, height: 1, font: "A" });
const DOTS_A_LINE = 30;
const levels = { 48: "L", 49: "M", 50: "Q", 51: "H" } as const;

/** Reads ESC/POS from the print buffer, one command at a time, and puts it on paper. */
export class Interpreter {
	#buffer: Uint8Array = new Uint8Array();
	#marks: Mark[] = [];
	#runs: { text: string; style: Style }[] = [];
	#style = plain();
	#align: Align = "left";
	#codePage = 0;
	#lineDots = DOTS_A_LINE;
	#barcode = { height: 162, module: 3, hasText: false };
	#qr: { module: number; level: "L" | "M" | "Q" | "H"; data: string } = { module: 3, level: "L", data: "" };

	/** Bytes that wait for their turn. */
	get pending(): number {
		return this.#buffer.length;
	}

	/** What is on the paper that has not been cut off yet. */
	get unfinished(): Paper {
		return { marks: [...this.#marks], cut: "partial" };
	}

	feed(bytes: Uint8Array): void {
		this.#buffer = Buffer.concat([this.#buffer, bytes]);
	}

	/** Forgets everything that has not been printed: DLE ENQ 2, or the power switch. */
	clear(): void {
		this.#buffer = new Uint8Array();
		this.#runs = [];
	}

	/** Does the next command; undefined where it is not complete yet. */
	step(): Deed[] | undefined {
		const [first] = this.#buffer;
		if (first === undefined) return undefined;
		const { used, deeds } = this.#read(this.#buffer, first);
		if (used === 0 || used > this.#buffer.length) return undefined;
		this.#buffer = this.#buffer.subarray(used);
		return deeds?.() ?? [];
	}

	#read(b: Uint8Array, first: number): { used: number; deeds?: () => Deed[] } {
		const at = (index: number): number => b[index] ?? 0;
		if (first === 0x1b) return this.#readEscape(b, at);
		if (first === 0x1d) return this.#readGroup(b, at);
		// Real-time commands were obeyed on arrival; in the buffer they are passed over.
		if (first === 0x10) return { used: b.length < 2 ? 2 : at(1) === 0x14 ? 5 : 3 };
		if (first === 0x1c) return { used: 2 };
		if (first === 0x0a) return { used: 1, deeds: () => this.#endLine() };
		if (first < 0x20) return { used: 1 };
		return { used: 1, deeds: () => this.#type(characterOf(this.#codePage, first)) };
	}

	#readEscape(b: Uint8Array, at: (index: number) => number): { used: number; deeds?: () => Deed[] } {
		if (b.length < 2) return { used: 2 };
		const n = at(2);
		switch (at(1)) {
			case 0x40:
				return setting(() => this.#initialise(), 2);
			case 0x74:
				return setting(() => {
					this.#codePage = n;
				});
			case 0x61:
				return setting(() => {
					if (this.#runs.length === 0) this.#align = (["left", "center", "right"] as const)[n % 48] ?? "left";
				});
			case 0x45:
				return setting(() => this.#restyle({ isBold: (n & 1) === 1 }));
			case 0x2d:
				return setting(() => this.#restyle({ underline: (n % 48 > 2 ? 0 : n % 48) as 0 | 1 | 2 }));
			case 0x4d:
				return setting(() => this.#restyle({ font: n % 48 === 1 ? "B" : "A" }));
			case 0x21:
				return setting(() =>
					this.#restyle({
						font: n & 0x01 ? "B" : "A",
						isBold: (n & 0x08) !== 0,
						height: n & 0x10 ? 2 : 1,
						width: n & 0x20 ? 2 : 1,
						underline: n & 0x80 ? 1 : 0,
					}),
				);
			case 0x32:
				return setting(() => {
					this.#lineDots = DOTS_A_LINE;
				}, 2);
			case 0x33:
				return setting(() => {
					this.#lineDots = n;
				});
			case 0x64:
				return {
					used: 3,
					deeds: () => [...this.#endOpenLine(), ...this.#put({ kind: "feed", dots: n * this.#lineDots })],
				};
			case 0x4a:
				return { used: 3, deeds: () => [...this.#endOpenLine(), ...this.#put({ kind: "feed", dots: n })] };
			case 0x70:
				return { used: 5, deeds: () => [{ kind: "drawer", pin: at(2) % 48 === 0 ? 2 : 5 }] };
			case 0x52:
			case 0x20:
				return { used: 3 };
			default:
				return { used: 2 };
		}
	}

	#readGroup(b: Uint8Array, at: (index: number) => number): { used: number; deeds?: () => Deed[] } {
		if (b.length < 2) return { used: 2 };
		const n = at(2);
		switch (at(1)) {
			case 0x21:
				return setting(() => this.#restyle({ width: (n >> 4) + 1, height: (n & 0x0f) + 1 }));
			case 0x42:
				return setting(() => this.#restyle({ isInverse: (n & 1) === 1 }));
			case 0x68:
				return setting(() => {
					this.#barcode.height = n;
				});
			case 0x77:
				return setting(() => {
					this.#barcode.module = n;
				});
			case 0x48:
				return setting(() => {
					this.#barcode.hasText = n % 48 !== 0;
				});
			case 0x66:
				return { used: 3 };
			case 0x61:
				return { used: 3, deeds: () => [{ kind: "status-back", mask: n }] };
			case 0x72:
				return { used: 3, deeds: () => [{ kind: "paper-status" }] };
			case 0x49:
				return { used: 3, deeds: () => [{ kind: "identity", part: n }] };
			case 0x56:
				return n === 0x41 || n === 0x42
					? { used: 4, deeds: () => this.#cut(n === 0x41 ? "full" : "partial", at(3)) }
					: { used: 3, deeds: () => this.#cut(n % 48 === 0 ? "full" : "partial", 0) };
			case 0x6b:
				return this.#readBarcode(b, n);
			case 0x28:
				return this.#readFunction(b, at);
			case 0x76:
				return this.#readRaster(b, at);
			default:
				return { used: 2 };
		}
	}

	#readBarcode(b: Uint8Array, type: number): { used: number; deeds?: () => Deed[] } {
		if (type < 65) {
			const end = b.indexOf(0, 3);
			return end === -1 ? { used: 0 } : { used: end + 1, deeds: () => this.#drawBarcode(type + 65, b.slice(3, end)) };
		}
		const length = b[3] ?? Number.POSITIVE_INFINITY;
		return { used: 4 + length, deeds: () => this.#drawBarcode(type, b.slice(4, 4 + length)) };
	}

	/** GS ( H: process ids. GS ( k: QR codes. All of them carry their length. */
	#readFunction(b: Uint8Array, at: (index: number) => number): { used: number; deeds?: () => Deed[] } {
		if (b.length < 5) return { used: 5 };
		const length = at(3) + at(4) * 256;
		const used = 5 + length;
		const parameters = b.slice(5, used);
		if (at(2) === 0x48 && parameters[0] === 0x30 && length === 6) {
			return {
				used,
				deeds: () => [{ kind: "answer", bytes: Uint8Array.of(0x37, 0x22, ...parameters.subarray(2), 0) }],
			};
		}
		if (at(2) === 0x6b && parameters[0] === 0x31) return { used, deeds: () => this.#readQr(parameters) };
		return { used };
	}

	#readQr(parameters: Uint8Array): Deed[] {
		const [, fn = 0, value = 0] = parameters;
		if (fn === 0x43) this.#qr.module = value;
		if (fn === 0x45) this.#qr.level = levels[value as keyof typeof levels] ?? "L";
		if (fn === 0x50) this.#qr.data = Buffer.from(parameters.subarray(3)).toString("utf8");
		return fn === 0x51 ? this.#put({ kind: "qr", align: this.#align, ...this.#qr }) : [];
	}

	#readRaster(b: Uint8Array, at: (index: number) => number): { used: number; deeds?: () => Deed[] } {
		if (b.length < 8) return { used: 8 };
		const bytesPerRow = at(4) + at(5) * 256;
		const used = 8 + bytesPerRow * (at(6) + at(7) * 256);
		const rows = b.slice(8, used);
		return { used, deeds: () => this.#put({ kind: "raster", align: this.#align, bytesPerRow, rows }) };
	}

	#drawBarcode(type: number, data: Uint8Array): Deed[] {
		const text = Buffer.from(data).toString("latin1");
		if (type === 67 && /^\d{12,13}$/.test(text)) {
			return this.#put({ kind: "barcode", align: this.#align, symbology: "ean13", data: text, ...this.#barcode });
		}
		const subset = /^\{B/.test(text) ? text.slice(2).replaceAll("{{", "{") : undefined;
		if (type !== 73 || subset === undefined) return [];
		return this.#put({ kind: "barcode", align: this.#align, symbology: "code128", data: subset, ...this.#barcode });
	}

	#initialise(): void {
		this.#runs = [];
		this.#style = plain();
		this.#align = "left";
		this.#codePage = 0;
		this.#lineDots = DOTS_A_LINE;
		this.#barcode = { height: 162, module: 3, hasText: false };
	}

	#restyle(change: Partial<Style>): void {
		this.#style = { ...this.#style, ...change };
	}

	#type(character: string): Deed[] {
		const last = this.#runs.at(-1);
		if (last && last.style === this.#style) last.text += character;
		else this.#runs.push({ text: character, style: this.#style });
		return [];
	}

	#endLine(): Deed[] {
		if (this.#runs.length === 0) return this.#put({ kind: "feed", dots: this.#lineDots });
		const height = Math.max(this.#lineDots, ...this.#runs.map((run) => run.style.height * 24 + 6));
		const runs = this.#runs;
		this.#runs = [];
		return this.#put({ kind: "line", align: this.#align, runs, height });
	}

	#endOpenLine(): Deed[] {
		return this.#runs.length > 0 ? this.#endLine() : [];
	}

	#put(mark: Mark): Deed[] {
		this.#marks.push(mark);
		return [{ kind: "printed" }];
	}

	#cut(cut: "full" | "partial", feedDots: number): Deed[] {
		const deeds = this.#endOpenLine();
		if (feedDots > 0) this.#marks.push({ kind: "feed", dots: feedDots });
		const paper: Paper = { marks: this.#marks, cut };
		this.#marks = [];
		return [...deeds, { kind: "cut", paper }];
	}
}

/** A command that changes how later ones print, and nothing else. */
function setting(change: () => void, used = 3): { used: number; deeds: () => Deed[] } {
	return {
		used,
		deeds: () => {
			change();
			return [];
		},
	};
}

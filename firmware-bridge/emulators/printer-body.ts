import { EventEmitter } from "node:events";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawPaper } from "./drawing.ts";
import { Interpreter } from "./escpos-interpreter.ts";
import { goodBehaviour, type Misbehaviour, sendSpoiled } from "./misbehaviour.ts";
import { type Paper, paperText } from "./paper.ts";

/** What a person can do to a printer, and what wear does. */
export type PrinterCondition = {
	paper: "ok" | "near-end" | "out";
	cover: "closed" | "open";
	cutter: "ok" | "stuck";
	/** An error that only the power switch mends. */
	hasFatalError: boolean;
	/** Switched off line by its button. */
	isOffline: boolean;
	drawerPin: "low" | "high";
	/** The roll ends after this many more lines; 0: not soon. */
	paperOutAfterLines: number;
};

/** What a model can do; clones lack much. */
export type PrinterModel = {
	knowsProcessId: boolean;
	knowsPaperStatus: boolean;
	knowsStatusBack: boolean;
	/** What GS I says of it; nothing where the model does not know the command. */
	identity: { maker: string; name: string; firmware: string; serialNumber: string } | undefined;
};

export type PrinterOptions = {
	/** Every receipt is also put here, as SVG and as text; the oldest beyond a hundred are removed. */
	paperDir?: string;
	msPerLine?: number;
	model?: Partial<PrinterModel>;
};

const EPSON_LIKE: PrinterModel = {
	knowsProcessId: true,
	knowsPaperStatus: true,
	knowsStatusBack: true,
	identity: { maker: "EPSON", name: "TM-T20III", firmware: "1.06 ESC/POS", serialNumber: "X6MB012345" },
};
const PAPERS_KEPT = 50;
const FILES_KEPT = 100;

/** What the printer's connector lets it do: send, and break off. */
type Plug = { send(bytes: Uint8Array): void; breakOff(): void };

/** An ESC/POS printer without its connector, written from the protocol sheet. */
export class PrinterBody extends EventEmitter<{
	cut: [Paper];
	drawer: [2 | 5];
	printed: [];
	changed: [];
	full: [];
}> {
	readonly papers: Paper[] = [];
	drawerPulses = 0;
	readonly #options: PrinterOptions;
	readonly #model: PrinterModel;
	readonly #interpreter = new Interpreter();
	#condition: PrinterCondition = {
		paper: "ok",
		cover: "closed",
		cutter: "ok",
		hasFatalError: false,
		isOffline: false,
		drawerPin: "low",
		paperOutAfterLines: 0,
	};
	#misbehaviour = goodBehaviour();
	#plug: Plug | undefined;
	#statusBackMask = 0;
	#realTime: number[] = [];
	#needsRecovery = false;
	#isPrinting = false;
	#printedPapers = 0;

	constructor(options: PrinterOptions) {
		super();
		this.#options = options;
		this.#model = { ...EPSON_LIKE, ...options.model };
		if (options.paperDir) mkdirSync(options.paperDir, { recursive: true });
	}

	get condition(): PrinterCondition {
		return { ...this.#condition };
	}

	/** The last paper that was cut off, or what hangs out of the printer. */
	get lastPaper(): Paper {
		return this.papers.at(-1) ?? this.#interpreter.unfinished;
	}

	/** Bytes received and not yet printed. */
	get pending(): number {
		return this.#interpreter.pending;
	}

	get unfinished(): Paper {
		return this.#interpreter.unfinished;
	}

	set(change: Partial<PrinterCondition>): void {
		if (change.cutter === "stuck") this.#needsRecovery = true;
		this.#condition = { ...this.#condition, ...change };
		this.#tellChange();
		void this.#print();
	}

	misbehave(change: Partial<Misbehaviour>): void {
		this.#misbehaviour = { ...goodBehaviour(), ...change };
	}

	/** A host is there: what an earlier one had switched on is off again. */
	plugInto(plug: Plug): void {
		this.#plug = plug;
		this.#statusBackMask = 0;
		this.#realTime = [];
	}

	/** The host is gone, and with it what was not printed. */
	loseHost(): void {
		this.#plug = undefined;
		this.loseData();
	}

	/** Drops what was received and not yet printed. */
	loseData(): void {
		this.#interpreter.clear();
	}

	receive(bytes: Uint8Array): void {
		const limit = this.#misbehaviour.dropsAfterBytes;
		if (limit > 0) {
			if (bytes.length >= limit) {
				this.#misbehaviour.dropsAfterBytes = 0;
				this.#interpreter.feed(bytes.subarray(0, limit));
				this.#plug?.breakOff();
				this.loseHost();
				return;
			}
			this.#misbehaviour.dropsAfterBytes -= bytes.length;
		}
		for (const byte of bytes) this.#obeyRealTime(byte);
		this.#interpreter.feed(bytes);
		void this.#print();
	}

	/** Real-time commands are obeyed on arrival, whatever they stand in: off line and with a full buffer too. */
	#obeyRealTime(byte: number): void {
		if (byte === 0x10 && this.#realTime.length < 2) {
			this.#realTime = [byte];
			return;
		}
		if (this.#realTime.length === 0) return;
		this.#realTime.push(byte);
		const [, command, n, m] = this.#realTime;
		const wanted = command === 0x04 || command === 0x05 ? 3 : command === 0x14 ? 5 : 0;
		if (this.#realTime.length < wanted) return;
		this.#realTime = [];
		if (command === 0x04) this.#answer(Uint8Array.of(this.#status(n ?? 0)));
		if (command === 0x05 && n === 1) this.#recover();
		if (command === 0x05 && n === 2) this.#interpreter.clear();
		if (command === 0x14 && n === 1) this.#kick(m === 0 ? 2 : 5);
	}

	#recover(): void {
		if (this.#condition.cutter === "stuck") return;
		this.#needsRecovery = false;
		this.#tellChange();
		void this.#print();
	}

	get #isStopped(): boolean {
		const { paper, cover, isOffline, hasFatalError } = this.#condition;
		return paper === "out" || cover === "open" || isOffline || hasFatalError || this.#needsRecovery;
	}

	/** DLE EOT n: bits 1 and 4 always set. */
	#status(n: number): number {
		const { paper, cover, hasFatalError, drawerPin } = this.#condition;
		const bit = (condition: boolean, mask: number): number => (condition ? mask : 0);
		if (n === 1) return 0x12 | bit(drawerPin === "high", 0x04) | bit(this.#isStopped, 0x08);
		if (n === 2) {
			return (
				0x12 |
				bit(cover === "open", 0x04) |
				bit(paper === "out", 0x20) |
				bit(hasFatalError || this.#needsRecovery, 0x40)
			);
		}
		if (n === 3) return 0x12 | bit(this.#needsRecovery, 0x08) | bit(hasFatalError, 0x20);
		return 0x12 | bit(paper !== "ok", 0x0c) | bit(paper === "out", 0x60);
	}

	/** GS a: four bytes, at once and at each change. */
	#tellChange(): void {
		this.emit("changed");
		if (this.#statusBackMask === 0 || !this.#model.knowsStatusBack) return;
		const { paper, cover, hasFatalError, drawerPin } = this.#condition;
		const bit = (condition: boolean, mask: number): number => (condition ? mask : 0);
		this.#answer(
			Uint8Array.of(
				0x10 | bit(drawerPin === "high", 0x04) | bit(this.#isStopped, 0x08) | bit(cover === "open", 0x20),
				bit(this.#needsRecovery, 0x08) | bit(hasFatalError, 0x20),
				bit(paper !== "ok", 0x03) | bit(paper === "out", 0x0c),
				0x0f,
			),
		);
	}

	/** Works through the buffer, line by line, and stands still while the printer is stopped. */
	async #print(): Promise<void> {
		if (this.#isPrinting) return;
		this.#isPrinting = true;
		try {
			while (!this.#isStopped) {
				const deeds = this.#interpreter.step();
				if (!deeds) break;
				for (const deed of deeds) {
					if (deed.kind === "printed") await this.#feedLine();
					else if (deed.kind === "drawer") this.#kick(deed.pin);
					else if (deed.kind === "cut") this.#finish(deed.paper);
					else if (deed.kind === "status-back") {
						this.#statusBackMask = deed.mask;
						this.#tellChange();
					} else if (deed.kind === "paper-status") {
						const byte = this.#condition.paper === "ok" ? 0x00 : 0x0c;
						if (this.#model.knowsPaperStatus) this.#answer(Uint8Array.of(byte));
					} else if (deed.kind === "identity") {
						const text = this.#identityText(deed.part);
						if (text !== undefined) this.#answer(Uint8Array.of(0x5f, ...Buffer.from(text, "latin1"), 0));
					} else if (this.#model.knowsProcessId) {
						const bytes = this.#misbehaviour.answersWrongly
							? deed.bytes.map((b, i) => (i === 5 ? b ^ 1 : b))
							: deed.bytes;
						this.#answer(bytes);
					}
				}
			}
		} finally {
			this.#isPrinting = false;
		}
	}

	async #feedLine(): Promise<void> {
		const ms = this.#options.msPerLine ?? 0;
		if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
		this.emit("printed");
		const left = this.#condition.paperOutAfterLines;
		if (left === 0) return;
		if (left === 1) this.set({ paper: "out", paperOutAfterLines: 0 });
		else this.#condition.paperOutAfterLines = left - 1;
	}

	#kick(pin: 2 | 5): void {
		this.drawerPulses++;
		this.emit("drawer", pin);
		this.set({ drawerPin: "high" });
	}

	#finish(paper: Paper): void {
		this.papers.push(paper);
		if (this.papers.length > PAPERS_KEPT) this.papers.shift();
		this.#printedPapers++;
		const { paperDir } = this.#options;
		if (paperDir) {
			const name = `receipt-${String(this.#printedPapers).padStart(5, "0")}`;
			writeFileSync(join(paperDir, `${name}.svg`), drawPaper(paper));
			writeFileSync(join(paperDir, `${name}.txt`), paperText(paper));
			const files = readdirSync(paperDir)
				.filter((file) => file.startsWith("receipt-"))
				.sort();
			for (const file of files.slice(0, -2 * FILES_KEPT)) rmSync(join(paperDir, file));
		}
		this.emit("cut", paper);
	}

	/** GS I n, form B: 65 firmware, 66 maker, 67 model, 68 serial number. */
	#identityText(part: number): string | undefined {
		const { identity } = this.#model;
		if (!identity) return undefined;
		return { 65: identity.firmware, 66: identity.maker, 67: identity.name, 68: identity.serialNumber }[part];
	}

	#answer(bytes: Uint8Array): void {
		const plug = this.#plug;
		sendSpoiled(bytes, this.#misbehaviour, (spoiled) => {
			if (plug === this.#plug) plug?.send(spoiled);
		});
	}
}

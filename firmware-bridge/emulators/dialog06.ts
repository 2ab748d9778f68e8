import { EmulatedScale, emptyPlate, type Load } from "./emulated-scale.ts";

export type Dialog06Condition = Load & {
	minimumGrams: number;
	priceDigits: 5 | 6;
	/** X of record 02: 3 is kilograms. */
	unit: "0" | "1" | "2" | "3";
	/** The price to pay ends in a multiple of this. */
	roundsToCents: number;
	/** Asks for check sums at the next weighing, as after power-on. Copies never ask. */
	mustCheck: boolean;
	/** The check sums of the programs it was released with, in hex, and the generator that binds them (demo only). */
	checksums: string[];
	generator: number;
	/** So many more requests find the goods in motion (20) or the measurement not finished (22). */
	unfinished: number;
	unfinishedStatus: "20" | "22";
	/** So many more records are refused with this status. */
	refusals: number;
	refusalStatus: string;
	/** Weighs at this price whatever is asked, as no scale should. */
	weighsAtPrice: string;
	/** Says nothing to record 08, as a copy might. */
	answersNoStatus: boolean;
};

const [STX, ETX, EOT, ENQ] = [0x02, 0x03, 0x04, 0x05] as const;
/** Answers of one character. */
const [ACK, NAK] = ["\x06", "\x15"] as const;
const ESC = "\x1b";
const WEIGHINGS_PER_CHECK = 50;
const BUFFER_BYTES = 64;

type Order = { price: string; tareGrams: number };

/**
 * A price-computing scale with Checkout-Dialogue 06, written from the protocol sheet, section 1. It speaks only when
 * spoken to, and after each answer it is deaf until an EOT.
 */
export class EmulatedDialog06 extends EmulatedScale<Dialog06Condition> {
	#line: "deaf" | "idle" | "begun" | "record" = "idle";
	#record: number[] = [];
	#order: Order | undefined;
	#verdict: boolean | undefined;
	#status = "00";
	#hasMoved = true;
	#weighings = 0;
	#random = 0x47;
	/** Prices, tares and texts as they stood on the scale's display. */
	readonly shown: string[] = [];
	/** So often it was given check sums. */
	checks = 0;

	constructor(send: (bytes: Uint8Array) => void) {
		super(send, {
			...emptyPlate(),
			minimumGrams: 20,
			priceDigits: 6,
			unit: "3",
			roundsToCents: 1,
			mustCheck: true,
			checksums: ["B0A1"],
			generator: 0x11021,
			unfinished: 0,
			unfinishedStatus: "22",
			refusals: 0,
			refusalStatus: "01",
			weighsAtPrice: "",
			answersNoStatus: false,
		});
	}

	override set(change: Partial<Dialog06Condition>): void {
		if (change.isMoving || (change.grams !== undefined && change.grams !== this.condition.grams)) this.#hasMoved = true;
		super.set(change);
	}

	receive(bytes: Uint8Array): void {
		for (const byte of bytes) this.#take(byte & 0x7f);
	}

	#take(byte: number): void {
		if (this.#line === "record") {
			this.#record.push(byte);
			if (byte === ETX) this.#say(this.#replyTo(Buffer.from(this.#record.slice(0, -1)).toString("ascii")));
			else if (this.#record.length > BUFFER_BYTES) this.#say(this.#refuse("02"));
		} else if (byte === EOT) this.#line = this.#line === "deaf" ? "idle" : "begun";
		else if (this.#line === "begun") {
			this.#line = byte === STX ? "record" : "idle";
			this.#record = [];
			if (byte === ENQ) this.#say(this.#result());
		}
	}

	#replyTo(record: string): string {
		const { refusals, refusalStatus } = this.condition;
		const number = record.slice(0, 2);
		const fields = record.slice(2).split(ESC).slice(1);
		if (number === "08" && this.condition.answersNoStatus) return "";
		if (number === "08") return this.answersWrongly ? `11${ESC}1` : `09${ESC}${this.#status}`;
		if (refusals > 0) {
			this.set({ refusals: refusals - 1 });
			return this.#refuse(refusalStatus);
		}
		if (number === "10") return this.#takeCheckSums(fields.join(ESC));
		if (number === "01" && fields.length === 2 && fields[1] === "") return this.#takeOrder(fields[0]);
		if (number === "03" && fields.length === 2) return this.#takeOrder(fields[0], fields[1]);
		if (number === "04" && fields.length === 2) return this.#takeOrder(fields[0], undefined, fields[1]);
		if (number === "05" && fields.length === 3) return this.#takeOrder(fields[0], fields[1], fields[2]);
		return this.#refuse("10");
	}

	#takeOrder(price = "", tare = "0000", text = " ".repeat(13)): string {
		const { priceDigits, mustCheck } = this.condition;
		if (!new RegExp(`^\\d{${priceDigits}}$`).test(price) || Number(price) === 0) return this.#refuse("11");
		if (!/^\d{4}$/.test(tare)) return this.#refuse("12");
		if (!/^[ -~]{13}$/.test(text)) return this.#refuse("13");
		this.#verdict = undefined;
		if (mustCheck || this.#weighings >= WEIGHINGS_PER_CHECK) {
			this.#random = (this.#random * 5 + 3) & 0xff;
			return `11${ESC}2${this.#random.toString(16).toUpperCase().padStart(2, "0")}`;
		}
		this.#order = { price, tareGrams: Number(tare) };
		this.shown.push([price, tare, text].join("|"));
		return this.answersWrongly ? `09${ESC}00` : ACK;
	}

	#takeCheckSums(payload: string): string {
		const { checksums, generator } = this.condition;
		const expected = checksums.map((text) => {
			const cs = Number.parseInt(text, 16);
			let rest = cs << 16;
			for (let bit = 31; bit >= 16; bit--) if ((rest >>> bit) & 1) rest ^= generator << (bit - 16);
			const turned = [rotateLeft(cs, this.#random >> 4), rotateLeft(rest & 0xffff, 16 - (this.#random & 0x0f))];
			return turned.map((value) => value.toString(16).toUpperCase().padStart(4, "0")).join("");
		});
		this.#verdict = payload === expected.join("");
		this.checks++;
		return ACK;
	}

	#result(): string {
		if (this.#verdict !== undefined) {
			const isValid = this.#verdict;
			this.#verdict = undefined;
			this.set({ mustCheck: !isValid });
			if (isValid) this.#weighings = 0;
			return `11${ESC}${isValid ? "1" : "0"}`;
		}
		const order = this.#order;
		const { isMoving, unfinished, minimumGrams, unit, roundsToCents, weighsAtPrice } = this.condition;
		if (!order) return this.#refuse("01");
		if (this.answersWrongly) return `09${ESC}00`;
		if (isMoving) return this.#notYet("20");
		if (unfinished > 0) {
			this.set({ unfinished: unfinished - 1 });
			return this.#notYet(this.condition.unfinishedStatus);
		}
		const grams = this.gross - order.tareGrams;
		if (!this.#hasMoved) return this.#refuse("21");
		if (grams < 0) return this.#refuse("31");
		if (this.isOverCapacity) return this.#refuse("32");
		if (grams < minimumGrams) return this.#refuse("30");
		const cents = (grams * Number(order.price)) / 1000;
		const total = Math.floor(cents / roundsToCents + 0.5) * roundsToCents;
		this.#order = undefined;
		this.#hasMoved = false;
		this.#weighings++;
		return [
			"02",
			unit,
			String(grams).padStart(5, "0"),
			weighsAtPrice || order.price,
			String(total).padStart(6, "0"),
		].join(ESC);
	}

	/** Says no; the weighing is over. */
	#refuse(status: string): string {
		this.#order = undefined;
		return this.#notYet(status);
	}

	#notYet(status: string): string {
		this.#status = status;
		return NAK;
	}

	#say(reply: string): void {
		this.#line = reply === "" ? "idle" : "deaf";
		if (reply === "") return;
		const bytes = Buffer.from(reply, "ascii");
		this.answer(bytes.length === 1 ? bytes : Uint8Array.of(STX, ...bytes, ETX));
	}
}

const rotateLeft = (value: number, bits: number): number => ((value << bits) | (value >>> (16 - bits))) & 0xffff;

/** How an emulated card misbehaves, on command. All off by default. */
export type CardMisbehaviour = {
	/** Answers nothing at all. */
	isMute: boolean;
	/** Is taken away at this APDU, counted from now; 0: never. */
	leavesAt: number;
	/** Answers every APDU with this status, four hex digits, and no data. */
	status: string;
	/** Sends the last byte of an answer only. */
	cutsOff: boolean;
	/** Gives one byte less of its UID. */
	hasShortUid: boolean;
	/** Gives one byte less of its memory. */
	hasShortPages: boolean;
};

const goodBehaviour = (): CardMisbehaviour => ({
	isMute: false,
	leavesAt: 0,
	status: "",
	cutsOff: false,
	hasShortUid: false,
	hasShortPages: false,
});

export type CardAnswer = Uint8Array | "mute" | "gone";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const DONE = hex("9000");
const NOT_SUPPORTED = hex("6A81");

/** Answer to reset with its check byte: all but the first exclusive-ored. */
function atrOf(body: string): Uint8Array {
	const bytes = hex(body);
	return Buffer.from([...bytes, bytes.subarray(1).reduce((check, byte) => check ^ byte, 0)]);
}

/** PC/SC part 3: what a reader makes of a card that has no ATR of its own. */
const storageCard = (name: string): Uint8Array => atrOf(`3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 ${name} 00 00 00 00`);

/** A card as a PC/SC reader shows it: an ATR, and answers to APDUs. It counts what was asked of it. */
export class EmulatedCard {
	readonly atr: Uint8Array;
	/** Every APDU so far, in hex. */
	readonly asked: string[] = [];
	readonly #uid: Uint8Array;
	readonly #read: (apdu: Uint8Array) => Uint8Array | undefined;
	#misbehaviour = goodBehaviour();
	#count = 0;

	constructor(atr: Uint8Array, uid: string, read: (apdu: Uint8Array) => Uint8Array | undefined = () => undefined) {
		this.atr = atr;
		this.#uid = hex(uid);
		this.#read = read;
	}

	misbehave(change: Partial<CardMisbehaviour>): void {
		this.#misbehaviour = { ...goodBehaviour(), ...change };
		this.#count = 0;
	}

	answer(apdu: Uint8Array): CardAnswer {
		this.asked.push(Buffer.from(apdu).toString("hex"));
		this.#count++;
		const { isMute, leavesAt, status, cutsOff, hasShortUid, hasShortPages } = this.#misbehaviour;
		if (isMute) return "mute";
		if (this.#count === leavesAt) return "gone";
		if (status !== "") return hex(status);
		const isUid = Buffer.from(apdu).subarray(0, 4).equals(hex("FF CA 00 00"));
		const answer = isUid ? Buffer.concat([this.#uid, DONE]) : (this.#read(apdu) ?? NOT_SUPPORTED);
		if (cutsOff) return answer.subarray(-1);
		return (isUid ? hasShortUid : hasShortPages) ? answer.subarray(1) : answer;
	}
}

const PAGE_BYTES = 4;

/** NTAG213: 45 pages, of which 4 to 39 are for the user. `data` is what was written there, TLVs and all. */
export function ntag213({ uid = "04A1B2C3D4E580", data = "FE", capability = "E1101200" } = {}): EmulatedCard {
	const memory = Buffer.alloc(45 * PAGE_BYTES);
	const serial = hex(uid);
	memory.set([...serial.subarray(0, 3), serial.subarray(0, 3).reduce((check, byte) => check ^ byte, 0x88)]);
	memory.set([...serial.subarray(3), serial.subarray(3).reduce((check, byte) => check ^ byte, 0), 0x48, 0, 0], 4);
	memory.set(hex(capability), 3 * PAGE_BYTES);
	memory.set(hex(data), 4 * PAGE_BYTES);
	return new EmulatedCard(storageCard("00 03"), uid, (apdu) => {
		const [instruction, page = 0, length = 0] = [apdu[1], apdu[3], apdu[4]];
		if (instruction !== 0xb0) return undefined;
		if (length === 0 || length > 16 || page * PAGE_BYTES + length > memory.length) return hex("6A82");
		return Buffer.concat([memory.subarray(page * PAGE_BYTES, page * PAGE_BYTES + length), DONE]);
	});
}

/** MIFARE Classic 1K: it gives nothing away without a key. */
export const classic1k = (uid = "DEADBEEF"): EmulatedCard =>
	new EmulatedCard(storageCard("00 01"), uid, (apdu) => (apdu[1] === 0xb0 ? hex("6982") : undefined));

/** A bank card, which would tell its applications, and in them its number, to anyone who asks. */
export const bankCard = (uid = "3D9A1F20"): EmulatedCard =>
	new EmulatedCard(atrOf("3B 80 80 01"), uid, (apdu) =>
		apdu[1] === 0xa4 ? hex("6F 10 84 0E 32 50 41 59 2E 53 59 53 2E 44 44 46 30 31 9000") : undefined,
	);

/** A phone: another UID at every tap, beginning with 08. */
export const phone = (uid = "08C0FFEE"): EmulatedCard => new EmulatedCard(atrOf("3B 81 80 01 80"), uid);

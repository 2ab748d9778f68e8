import { EmulatedScale, emptyPlate, type Load } from "./emulated-scale.ts";

export type CasCondition = Load & {
	unit: string;
	/** So many more ENQs are answered by NAK. */
	refusals: number;
	/** Sends check characters that do not belong to their frame. */
	hasWrongBcc: boolean;
};

const [SOH, STX, ETX, EOT, ENQ, ACK, DC1, NAK] = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x11, 0x15] as const;

/** A CAS PD-II scale set to type 6, written from the protocol sheet, section 4. Its zero and tare keys are out of our reach. */
export class EmulatedCas extends EmulatedScale<CasCondition> {
	#isEnquired = false;

	constructor(send: (bytes: Uint8Array) => void) {
		super(send, { ...emptyPlate(), unit: "kg", refusals: 0, hasWrongBcc: false });
	}

	receive(bytes: Uint8Array): void {
		for (const byte of bytes) {
			if (byte === ENQ) this.#greet();
			if (byte === DC1 && this.#isEnquired) this.#weigh();
		}
	}

	#greet(): void {
		const { refusals } = this.condition;
		this.#isEnquired = refusals === 0;
		if (refusals > 0) this.set({ refusals: refusals - 1 });
		this.answer(Uint8Array.of(refusals > 0 ? NAK : ACK));
	}

	#weigh(): void {
		this.#isEnquired = false;
		const { isMoving, unit, hasWrongBcc } = this.condition;
		const grams = String(Math.abs(this.gross)).padStart(5, "0");
		const weight = this.isOverCapacity ? "FFFFFF" : `${grams.slice(0, -3)}.${grams.slice(-3)}`;
		const sign = this.isOverCapacity ? "F" : this.gross < 0 ? "-" : " ";
		const body = Buffer.from(`${isMoving ? "U" : "S"}${sign}${weight}${unit}`, "ascii");
		const bcc = body.reduce((check, byte) => check ^ byte, hasWrongBcc ? 0x01 : 0x00);
		this.answer(this.answersWrongly ? Uint8Array.of(ACK) : Uint8Array.of(SOH, STX, ...body, bcc, ETX, EOT));
	}
}

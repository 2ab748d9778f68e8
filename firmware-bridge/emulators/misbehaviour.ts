/** How an emulated device misbehaves, on command. All off by default. */
export type Misbehaviour = {
	/** Answers nothing. */
	isMute: boolean;
	/** Answers this much later. */
	lateMs: number;
	/** Answers with bytes that mean nothing. */
	babbles: boolean;
	/** Sends only the first half of an answer. */
	cutsOff: boolean;
	/** Sets bit 7 of every byte, as a wrong parity setting shows. */
	hasWrongParity: boolean;
	/** Gives the answer to another question. */
	answersWrongly: boolean;
	/** Gives every answer twice, in one breath. */
	repeatsItself: boolean;
	/** Gives an answer byte by byte, with this long between two. */
	dripMs: number;
	/** Drops the connection when it has received this many more bytes. */
	dropsAfterBytes: number;
};

export const goodBehaviour = (): Misbehaviour => ({
	isMute: false,
	lateMs: 0,
	babbles: false,
	cutsOff: false,
	hasWrongParity: false,
	answersWrongly: false,
	repeatsItself: false,
	dripMs: 0,
	dropsAfterBytes: 0,
});

/** Sends an answer as the misbehaviour has it. The babble is the same every time, so that a failing run can be repeated. */
export function sendSpoiled(answer: Uint8Array, misbehaviour: Misbehaviour, send: (bytes: Uint8Array) => void): void {
	if (misbehaviour.isMute) return;
	let bytes = answer;
	if (misbehaviour.babbles) bytes = Uint8Array.from(answer, (byte, index) => ((byte * 31 + index * 97) & 0x7f) | 0x80);
	if (misbehaviour.cutsOff) bytes = bytes.subarray(0, Math.floor(bytes.length / 2));
	if (misbehaviour.hasWrongParity) bytes = bytes.map((byte) => byte | 0x80);
	if (misbehaviour.repeatsItself) bytes = Uint8Array.of(...bytes, ...bytes);
	if (misbehaviour.dripMs > 0) {
		for (const [index, byte] of bytes.entries()) {
			setTimeout(() => send(Uint8Array.of(byte)), misbehaviour.lateMs + index * misbehaviour.dripMs);
		}
	} else if (misbehaviour.lateMs === 0) send(bytes);
	else setTimeout(() => send(bytes), misbehaviour.lateMs);
}

/** What this project uses of nfc-pcsc, which has no types of its own. */
declare module "nfc-pcsc" {
	import type { EventEmitter } from "node:events";

	/** Emits `card` with what is known of it, `card.off`, `error`, and `end` when the reader is unplugged. */
	export class Reader extends EventEmitter {
		readonly name: string;
		/** true: it asks every card for its UID or for an application by itself. */
		autoProcessing: boolean;
		/** Throws where no card is connected. */
		transmit(apdu: Buffer, answerBytesMax: number): Promise<Buffer>;
	}

	/** Emits `reader` for each that is there or is plugged in, and `error`. Blocks its process while pcscd is away. */
	export class NFC extends EventEmitter {}
}

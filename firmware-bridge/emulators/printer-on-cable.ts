import { PrinterBody, type PrinterOptions } from "./printer-body.ts";
import { SerialCable } from "./pty.ts";

const XON = 0x11;
const XOFF = 0x13;
/** Where its switch for the handshake says so, XOFF is said above so many bytes that wait (of 4 kB), XON below a quarter. */
const FULL_BYTES = 3072;

type CableOptions = PrinterOptions & { path: string; saysXoff?: boolean };

/** An ESC/POS printer at the end of a serial cable whose port appears at `path`. */
export class PrinterOnCable extends PrinterBody {
	readonly path: string;
	timesFull = 0;
	readonly #cable: SerialCable;
	readonly #saysXoff: boolean;
	#isFull = false;

	constructor({ path, saysXoff = false, ...options }: CableOptions) {
		super(options);
		this.path = path;
		this.#saysXoff = saysXoff;
		this.#cable = new SerialCable(path, (bytes) => {
			this.receive(bytes);
			this.#sayWhetherFull();
		});
		this.on("printed", () => this.#sayWhetherFull());
		// It cannot see whether a host is there: what one has switched on stays on.
		this.plugInto({ send: (bytes) => this.#cable.send(bytes), breakOff: () => void this.#cable.unplug() });
	}

	plugIn(): Promise<void> {
		return this.#cable.plugIn();
	}

	/** Pulls the cable out, and the power with it: what was not printed is lost. */
	async unplug(): Promise<void> {
		this.loseData();
		await this.#cable.unplug();
	}

	#sayWhetherFull(): void {
		const isFull = this.pending > (this.#isFull ? FULL_BYTES / 4 : FULL_BYTES);
		if (!this.#saysXoff || isFull === this.#isFull) return;
		this.#isFull = isFull;
		if (isFull) {
			this.timesFull++;
			this.emit("full");
		}
		this.#cable.send(Uint8Array.of(isFull ? XOFF : XON));
	}
}

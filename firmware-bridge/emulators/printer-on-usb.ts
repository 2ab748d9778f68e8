import type { PrinterRequest, UsbPipe } from "../links/usb-pipe.ts";
import { PrinterBody } from "./printer-body.ts";

/** A full-speed bulk pipe's packet (USB 2.0, 5.8.3). */
const PACKET_BYTES = 64;
const DEVICE_ID = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;SN:X6MB012345;";

/** An ESC/POS printer on the USB as a host sees it: pipes and class requests, and no bus. */
export class PrinterOnUsb extends PrinterBody {
	/** Takes no packet while this is so: the buffer is full. */
	isFull = false;
	/** Its descriptors say who it is; otherwise only its IEEE 1284 id does. */
	hasWords = true;
	resets = 0;
	#pipe: EmulatedPipe | undefined;

	/** Puts the plug in; another host that had it open loses it. */
	plug(): UsbPipe {
		this.unplug();
		const pipe = new EmulatedPipe(this);
		this.#pipe = pipe;
		this.plugInto({ send: (bytes) => pipe.offer(bytes), breakOff: () => this.unplug() });
		return pipe;
	}

	/** Pulls it out. */
	unplug(): void {
		this.loseHost();
		this.#pipe?.end("Disconnected");
		this.#pipe = undefined;
	}

	/** The buffer has room again. */
	drain(): void {
		this.isFull = false;
		this.#pipe?.retry();
	}

	answer(request: PrinterRequest): Uint8Array {
		if (request === "GET_DEVICE_ID") {
			const text = Buffer.from(DEVICE_ID);
			return Uint8Array.of((text.length + 2) >> 8, (text.length + 2) & 0xff, ...text);
		}
		if (request === "GET_PORT_STATUS") {
			const { paper, hasFatalError } = this.condition;
			return Uint8Array.of((paper === "out" ? 0x20 : 0) | 0x10 | (hasFatalError ? 0 : 0x08));
		}
		this.resets++;
		this.loseData();
		this.drain();
		return new Uint8Array();
	}

	async close(): Promise<void> {
		this.unplug();
	}
}

type Waiting<T> = { resolve(value: T): void; reject(error: Error): void };

class EmulatedPipe implements UsbPipe {
	readonly packetBytes = PACKET_BYTES;
	readonly #printer: PrinterOnUsb;
	#offered: Uint8Array[] = [];
	#reader: Waiting<Uint8Array> | undefined;
	#writer: (Waiting<void> & { bytes: Uint8Array }) | undefined;
	#end: string | undefined;

	constructor(printer: PrinterOnUsb) {
		this.#printer = printer;
	}

	get words() {
		return this.#printer.hasWords ? { manufacturer: "EPSON", product: "TM-T20III", serialNumber: "X6MB012345" } : {};
	}

	offer(bytes: Uint8Array): void {
		for (let at = 0; at < bytes.length; at += PACKET_BYTES) this.#offered.push(bytes.subarray(at, at + PACKET_BYTES));
		this.#give();
	}

	retry(): void {
		const writer = this.#writer;
		this.#writer = undefined;
		if (writer) this.bulkOut(writer.bytes).then(writer.resolve, writer.reject);
	}

	end(reason: string): void {
		if (this.#end !== undefined) return;
		this.#end = reason;
		const error = new Error(reason);
		this.#reader?.reject(error);
		this.#writer?.reject(error);
	}

	async control(request: PrinterRequest): Promise<Uint8Array> {
		this.#check();
		return this.#printer.answer(request);
	}

	bulkOut(bytes: Uint8Array): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#check();
			if (bytes.length > PACKET_BYTES) throw new Error("more than a packet at once");
			if (this.#printer.isFull) this.#writer = { bytes, resolve, reject };
			else {
				this.#printer.receive(Uint8Array.from(bytes));
				resolve();
			}
		});
	}

	bulkIn(): Promise<Uint8Array> {
		return new Promise((resolve, reject) => {
			this.#check();
			this.#reader = { resolve, reject };
			this.#give();
		});
	}

	async close(): Promise<void> {
		this.end("closed");
	}

	#give(): void {
		const bytes = this.#reader && this.#offered.shift();
		if (!bytes) return;
		this.#reader?.resolve(bytes);
		this.#reader = undefined;
	}

	#check(): void {
		if (this.#end !== undefined) throw new Error(this.#end);
	}
}

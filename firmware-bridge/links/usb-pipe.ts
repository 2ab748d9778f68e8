/** Class requests of a USB printer (USB printer class 1.1, section 4.2), addressed to its interface. */
export const printerRequests = { GET_DEVICE_ID: 0, GET_PORT_STATUS: 1, SOFT_RESET: 2 } as const;
export type PrinterRequest = keyof typeof printerRequests;

/** A device's own words in its descriptors. */
type UsbWords = { manufacturer?: string; product?: string; serialNumber?: string };

/**
 * An open USB printer as a link needs it: one bulk pipe each way, and the class requests. The real one is made by the
 * `usb` package; everything above it can be tried without a bus.
 */
export interface UsbPipe {
	readonly words: UsbWords;
	/** Bytes of one packet of the OUT pipe: a transfer of one packet is taken whole or not at all. */
	readonly packetBytes: number;
	/** The answer's bytes; none of SOFT_RESET. Rejects where the device refuses, or is gone. */
	control(request: PrinterRequest): Promise<Uint8Array>;
	/** Resolves when the device took the bytes. Rejects where it is gone, or took none for as long as is allowed. */
	bulkOut(bytes: Uint8Array): Promise<void>;
	/** What the device has to say; nothing where it said nothing for a while. Rejects where it is gone. */
	bulkIn(): Promise<Uint8Array>;
	close(): Promise<void>;
}

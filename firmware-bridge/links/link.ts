import type { DeviceError } from "../fault.ts";

/** A way to a device: bytes in, bytes out. It knows where the device is and never what the bytes mean. */
export interface Link {
	/** Resolves when the system took the bytes, which says nothing about the device. Throws DEVICE_UNREACHABLE. */
	write(bytes: Uint8Array): Promise<void>;
	/** One listener; bytes that come before it are kept, up to a bound. */
	listen(receive: (bytes: Uint8Array) => void): void;
	/** Resolves once, when the link is lost or closed. */
	readonly gone: Promise<DeviceError>;
	close(): Promise<void>;
}

export type SerialSettings = {
	baudRate: number;
	dataBits: 7 | 8;
	parity: "none" | "even" | "odd";
	stopBits: 1 | 2;
};

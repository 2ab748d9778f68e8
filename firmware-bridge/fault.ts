import type { Fault } from "@kassahub/contracts/device-state.ts";
import type { ErrorCode } from "@kassahub/contracts/errors.ts";

/** What went wrong with a device, as its state and results name it. Anything else that is thrown is our own bug. */
export class DeviceError extends Error {
	readonly code: ErrorCode;
	readonly detail: string | undefined;

	constructor(code: ErrorCode, detail?: string) {
		super(detail ? `${code}: ${detail}` : code);
		this.name = "DeviceError";
		this.code = code;
		this.detail = detail;
	}
}

/** Not one byte of the question left for the device: what was asked has certainly not been done. */
export class NotSentError extends DeviceError {}

export const fault = (code: ErrorCode, detail?: string): Fault => ({ code, ...(detail ? { detail } : {}) });

/** The fault of whatever was thrown; an error of our own is DRIVER_CRASHED, and its words stay in the log. */
export const faultOf = (error: unknown): Fault =>
	error instanceof DeviceError ? fault(error.code, error.detail) : fault("DRIVER_CRASHED");

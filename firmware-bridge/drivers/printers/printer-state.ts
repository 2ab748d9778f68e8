import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import { fault } from "../../fault.ts";
import type { Condition } from "../driver.ts";
import type { PrinterStatus } from "./escpos-codec.ts";

/** Why a printer cannot print now, or undefined: the cause that a person can do something about comes first. */
export function blockedBy(status: PrinterStatus): ErrorCode | undefined {
	if (status.isCoverOpen) return "PRINTER_COVER_OPEN";
	if (status.isPaperOut) return "PRINTER_PAPER_OUT";
	if (status.hasCutterError) return "PRINTER_CUTTER";
	if (status.hasFatalError || status.hasPassingError) return "PRINTER_ERROR";
	if (status.isOffline) return "PRINTER_OFFLINE";
	return undefined;
}

/** `drawerOpen`: the level of the drawer's pin while it is open, where that is known. */
export function conditionOf(status: PrinterStatus, drawerOpen: "high" | "low" | undefined): Condition {
	const code = blockedBy(status);
	const drawer = status.isDrawerPinHigh ? "high" : "low";
	return {
		state: code ? "degraded" : "online",
		...(code ? { fault: fault(code) } : {}),
		paper: status.isPaperOut ? "out" : status.isPaperNearEnd ? "near-end" : "ok",
		cover: status.isCoverOpen ? "open" : "closed",
		drawer,
		...(drawerOpen === undefined ? {} : { drawerIsOpen: drawer === drawerOpen }),
	};
}

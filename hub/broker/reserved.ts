import type { MessageDefinition } from "@kassahub/contracts/message.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Whether a message says what only the hub itself may: `pay`, `refund` and what else moves money (invariant 6).
 * What can't be read might say it to someone who reads it another way, so it counts as reserved too.
 */
export function isReserved({ reserved }: MessageDefinition, payload: Uint8Array): boolean {
	if (reserved === undefined) return false;
	let value: unknown;
	try {
		value = JSON.parse(utf8.decode(payload));
	} catch {
		return true;
	}
	if (typeof value !== "object" || value === null) return true;
	const said = (value as Record<string, unknown>)[reserved.field];
	return typeof said !== "string" || reserved.values.includes(said);
}

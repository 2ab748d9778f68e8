import { type MessagePort, parentPort } from "node:worker_threads";
import { JournalError } from "../journal/journal-error.ts";
import type { Failure, Order, Packed, Report } from "./protocol.ts";

/** The thread's side of the port to the main thread. */
const port = parentPort as MessagePort;

export function report(message: Report, transfer: readonly ArrayBuffer[] = []): void {
	port.postMessage(message, transfer);
}

export const failureOf = (error: unknown): Failure => ({
	...(error instanceof JournalError ? { code: error.code } : {}),
	message: error instanceof Error ? error.message : String(error),
});

/**
 * Answers what the main thread asks by the name of the answer, and hands on what it submits. An expected failure, of
 * the journal, is an answer too; anything else ends the thread, which the main thread opens anew.
 */
export function takeOrders(answers: object, submit?: (packed: Packed) => void): void {
	port.on("message", (order: Order) => {
		if (order.type === "submit") {
			submit?.(order.packed);
			return;
		}
		const { ask, name, args } = order;
		try {
			const answer = (answers as Record<string, (...args: unknown[]) => unknown>)[name];
			const value = answer?.(...args);
			report({ type: "answer", ask, value }, transferable(value));
		} catch (error) {
			if (!(error instanceof JournalError)) throw error;
			report({ type: "unanswered", ask, failure: failureOf(error) });
		}
		if (name === "close") port.close();
	});
}

/** The bytes of an answer move to the main thread instead of being copied. */
function transferable(value: unknown): ArrayBuffer[] {
	const body = (value as { body?: unknown } | undefined)?.body;
	return body instanceof Uint8Array ? [body.buffer as ArrayBuffer] : [];
}

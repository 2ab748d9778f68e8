import { Command } from "@kassahub/contracts/command.ts";
import { EventId } from "@kassahub/contracts/fields.ts";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";

const validator = Compile(Command);

/** A command from the wire, or why it is none: with its id and action where those can be read, so that it can be answered. */
export type ReadCommand =
	| { command: Command }
	| { code: "JSON_INVALID" }
	| { code: "COMMAND_UNKNOWN"; id?: string; action: string };

export function readCommand(payload: Uint8Array): ReadCommand {
	let value: unknown;
	try {
		value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
	} catch {
		return { code: "JSON_INVALID" };
	}
	if (validator.Check(value)) return { command: value };
	const { id, action } = (value ?? {}) as { id?: unknown; action?: unknown };
	const named = typeof action === "string" ? action.slice(0, 32) : "unknown";
	return { code: "COMMAND_UNKNOWN", action: named, ...(Value.Check(EventId, id) ? { id } : {}) };
}

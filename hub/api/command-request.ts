import { type Command, OpenCommand } from "@kassahub/contracts/command.ts";
import { type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";
import { uuidv7 } from "uuidv7";
import { Problem } from "./problem.ts";
import { invalid } from "./validation.ts";

/** A drawer that springs open ten minutes after it was asked for helps nobody. */
const EXPIRES_AFTER_MS = 60_000;

/** A command as REST takes it, which moves no money: the hub fills in `id` and `at`. */
export const CommandRequest = Type.Union(
	OpenCommand.anyOf.map(({ properties }) =>
		Type.Object(
			{ ...properties, id: Type.Optional(properties.id), at: Type.Optional(properties.at) },
			{ additionalProperties: false },
		),
	),
);
export const commandRequestExample = { action: "open-drawer" };

const command = Compile(OpenCommand);
const shapes = new Map(
	OpenCommand.anyOf.map((shape) => [shape.properties.action.const as string, Compile(shape as TSchema)]),
);

/**
 * The whole command that a request asks for. It lapses after a minute, unless it says otherwise itself.
 * Throws Problem, which says what its own action needs, not what every action does.
 */
export function commandFrom(body: unknown, at: string): Command {
	const { action } = (body ?? {}) as { action?: unknown };
	const shape = shapes.get(String(action));
	if (!shape) {
		const message = `/action must be one of ${[...shapes.keys()].join(", ")}`;
		const remedy = "Name an action of the contract";
		const reasons = [{ field: "/action", code: "FIELD_INVALID", message, remedy }];
		throw new Problem(400, "FIELD_INVALID", message, { remedy, reasons });
	}
	const expiresAt = new Date(Date.parse(at) + EXPIRES_AFTER_MS).toISOString();
	const asked: unknown = { id: uuidv7(), at, expiresAt, ...(body as object) };
	if (command.Check(asked)) return asked;
	throw invalid(shape.Errors(asked), "FIELD_INVALID");
}

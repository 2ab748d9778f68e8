import { parseArgs } from "node:util";
import { type Call, type CliCommand, CliFault, say } from "./command.ts";
import { commands } from "./commands.ts";
import { helpOf, overview, usageOf } from "./help.ts";

/** The command that these words begin with, and what follows it. */
function findCommand(words: readonly string[]): { command: CliCommand; rest: string[] } | undefined {
	const isMeant = (command: CliCommand): boolean =>
		command.words.split(" ").every((word, index) => words[index] === word);
	// `devices scan` is more than `devices`.
	const [command] = commands.filter(isMeant).sort((a, b) => b.words.length - a.words.length);
	return command && { command, rest: words.slice(command.words.split(" ").length) };
}

/** Reads what follows a command. Throws CliFault for what it does not take, or misses. */
function readCall(command: CliCommand, rest: string[]): Call {
	if (command.isOpen) return { options: {}, operands: rest };
	const { options = {}, operands = [] } = command;
	const parsed = parse(options, rest, command);
	const missing = Object.keys(options).filter((name) => options[name]?.isRequired && parsed.values[name] === undefined);
	if (missing.length > 0) throw misuse(command, `--${missing.join(" and --")} is missing`);
	if (parsed.positionals.length !== operands.length) {
		throw misuse(command, `it takes ${operands.length} words, not ${parsed.positionals.length}`);
	}
	return { options: parsed.values, operands: parsed.positionals };
}

function parse(
	options: NonNullable<CliCommand["options"]>,
	rest: string[],
	command: CliCommand,
): { values: Call["options"]; positionals: string[] } {
	try {
		const types = Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }]));
		const { values, positionals } = parseArgs({ args: rest, options: types, allowPositionals: true });
		return { values: values as Call["options"], positionals };
	} catch (error) {
		throw misuse(command, (error as Error).message);
	}
}

const misuse = (command: CliCommand, what: string): CliFault => new CliFault(`${what}. Usage: ${usageOf(command)}`);

async function main(words: readonly string[]): Promise<number> {
	if (words.length === 0 || words[0] === "--help" || words[0] === "-h") {
		const asked = words.length > 0;
		(asked ? process.stdout : process.stderr).write(`${overview()}\n`);
		return asked ? 0 : 1;
	}
	const found = findCommand(words);
	if (!found) throw new CliFault(`There is no command "${words.join(" ")}".\n\n${overview()}`);
	const { command, rest } = found;
	if (!command.isOpen && rest.some((word) => word === "--help" || word === "-h")) {
		process.stdout.write(`${helpOf(command)}\n`);
		return 0;
	}
	return command.run(readCall(command, rest));
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	say(error instanceof CliFault ? error.message : `kassahub failed: ${(error as Error).stack}`);
	process.exitCode = 1;
}

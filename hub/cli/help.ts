import { markdownTable } from "@kassahub/contracts/documents.ts";
import type { CliCommand, OptionSpec } from "./command.ts";
import { commands } from "./commands.ts";

const optionText = (name: string, { value }: OptionSpec): string => `--${name}${value ? ` ${value}` : ""}`;

/** `kassahub pair --kind register|sensor|technician --name N` */
export function usageOf({ words, operands = [], options = {}, isOpen }: CliCommand): string {
	const optionTexts = Object.entries(options).map(([name, option]) =>
		option.isRequired ? optionText(name, option) : `[${optionText(name, option)}]`,
	);
	const operandTexts = operands.map((operand) => `<${operand}>`);
	return ["kassahub", words, ...operandTexts, ...optionTexts, ...(isOpen ? ["…"] : [])].join(" ");
}

/** What `kassahub --help` says. */
export function overview(): string {
	const width = Math.max(...commands.map(({ words }) => words.length));
	return [
		"kassahub: the box on the counter",
		"",
		...commands.map(({ words, summary }) => `  ${words.padEnd(width)}  ${summary}`),
		"",
		"kassahub <command> --help says more. Data: ./data, or KASSAHUB_DATA.",
	].join("\n");
}

/** What `kassahub <command> --help` says. */
export function helpOf(command: CliCommand): string {
	const options = Object.entries(command.options ?? {});
	const width = Math.max(0, ...options.map(([name, option]) => optionText(name, option).length));
	return [
		usageOf(command),
		"",
		`${command.summary}.`,
		...(options.length > 0 ? [""] : []),
		...options.map(([name, option]) => `  ${optionText(name, option).padEnd(width)}  ${option.description}`),
	].join("\n");
}

/** docs/cli.md */
export function cliReference(): string {
	return [
		"# The `kassahub` command",
		"",
		"<!-- Written by `npm run generate`: change the code, not this file. -->",
		"",
		"Run it as `npm run -s kassahub -- <command>`, or as `kassahub <command>` after `npm link`. It works beside a running",
		"hub, and without one on the data folder itself (`./data`, or `KASSAHUB_DATA`). Answers are JSON on standard output,",
		"words are on standard error, and a command that fails exits 1 and says why.",
		"",
		markdownTable(
			["command", "what it does"],
			commands.map((command) => [`\`${usageOf(command)}\``, command.summary]),
		),
		"",
		"| option | |",
		"| --- | --- |",
		...commands.flatMap(({ words, options = {} }) =>
			Object.entries(options).map(
				([name, option]) =>
					`| \`${words} ${optionText(name, option).replaceAll("|", "\\|")}\` | ${option.description} |`,
			),
		),
		"",
	].join("\n");
}

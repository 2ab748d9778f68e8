/** What a command was given: its options and operands, checked against what it declares. */
export type Call = { options: Record<string, string | boolean | undefined>; operands: string[] };

export type OptionSpec = {
	type: "string" | "boolean";
	/** Stands in the help for the option's value: `--name N`. */
	value?: string;
	isRequired?: true;
	description: string;
};

/** One command of `kassahub`: help, docs/cli.md and the parser all follow from this value. */
export type CliCommand = {
	/** `journal verify` */
	words: string;
	summary: string;
	/** What follows the words, as the help shows it; every one must be given. */
	operands?: readonly string[];
	/** Hands everything after its words on as it stands. */
	isOpen?: true;
	options?: Readonly<Record<string, OptionSpec>>;
	/** The exit code. What a person can mend is thrown as CliFault. */
	run(call: Call): Promise<number>;
};

/** What stops a command, in words that say what to do about it. */
export class CliFault extends Error {}

/** Words for the person at the terminal; standard output is for machines. */
export function say(words: string): void {
	process.stderr.write(`${words}\n`);
}

/** The answer, as JSON on standard output. */
export function print(value: unknown): void {
	process.stdout.write(`${JSON.stringify(value, null, "\t")}\n`);
}

import { readOptions, usage } from "./options.ts";
import { play } from "./play.ts";

const say = (words: string) => process.stderr.write(`${words}\n`);

/** Someone asked the demo to stop: that is no failure. */
class Stopped extends Error {}

const stopped = new Promise<never>((_, reject) => {
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => reject(new Stopped()));
});
stopped.catch(() => undefined);

try {
	const options = readOptions(process.argv.slice(2));
	if (options === "help") say(usage);
	else await play(options, stopped, say);
} catch (error) {
	if (!(error instanceof Stopped)) {
		say(`\nThe demo has failed: ${error instanceof Error ? error.message : error}`);
		process.exitCode = 1;
	}
}

// `npm test`: lint and format, types, then the tests. Stops at the first that fails.
// `--full` (npm run test:full) adds the long ones, `*.full.test.ts`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { modules, root } from "./stamp.js";

const isFull = process.argv.includes("--full");
const bin = join(modules, ".bin");

const run = (heading, program, ...words) => {
	console.log(`\n=== ${heading}: ${program} ${words.join(" ")}`);
	const startedAt = performance.now();
	const { status } = spawnSync(join(bin, program), words, {
		cwd: root,
		stdio: ["ignore", "inherit", "inherit"],
		// First in PATH is the pinned Node, for these programs and for all that the tests start.
		env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, ...(isFull && { KASSAHUB_FULL: "1" }) },
	});
	const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
	console.log(`=== ${heading}: ${status === 0 ? "good" : "FAILED"} in ${seconds} s`);
	return status === 0;
};

/** What vitest counted. A file that could not even be read has no tests to fail, so it counts as one failed. */
const countTests = (report) => {
	const unread = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
	return {
		passed: report.numPassedTests,
		failed: report.numFailedTests + unread.length,
		skipped: report.numPendingTests + report.numTodoTests,
	};
};

const scratch = mkdtempSync(join(tmpdir(), "kassahub-test-"));
const reportFile = join(scratch, "report.json");
let good = run("Lint and format", "biome", "check", ".") && run("Types", "tsc", "--noEmit");
let counts = { passed: 0, failed: 1, skipped: 0 };
if (good) {
	good = run("Tests", "vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`);
	try {
		counts = countTests(JSON.parse(readFileSync(reportFile, "utf8")));
	} catch (error) {
		console.log(`vitest left no report (${error.message})`);
		good = false;
	}
}
rmSync(scratch, { recursive: true, force: true });

if (counts.skipped > 0) {
	// Nothing here may be skipped: a test that misses its program fails, and one that is unfinished isn't committed.
	console.log(`${counts.skipped} skipped, which counts as failed`);
	counts.failed += counts.skipped;
}
if (counts.passed === 0) good = false;
if (!good && counts.failed === 0) counts.failed = 1;
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 ? 0 : 1);

import { spawn } from "node:child_process";
import { join } from "node:path";
import type { CliCommand } from "./command.ts";
import { projectRoot } from "./data.ts";

/** Runs a program of the project in this terminal until it ends; signals to us are signals to it. */
function runProgram(script: string, words: readonly string[]): Promise<number> {
	const program = spawn(process.execPath, [join(projectRoot, script), ...words], { stdio: "inherit" });
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => program.kill(signal));
	return new Promise((resolve, reject) => {
		program.once("error", reject);
		program.once("close", (code) => resolve(code ?? 1));
	});
}

export const start: CliCommand = {
	words: "start",
	summary: "Open the hub, with all that belongs to it, until it is stopped",
	run: () => runProgram("hub/main.ts", []),
};

export const decode: CliCommand = {
	words: "decode",
	summary: "Explain a frame of a device's protocol: kassahub decode <driver> <hex>, one JSON object a frame",
	isOpen: true,
	run: ({ operands }) => runProgram("firmware-bridge/decode.ts", operands),
};

export const demo: CliCommand = {
	words: "demo",
	summary: "Play a shop day with an emulated printer and scale; its own options follow, see: kassahub demo --help",
	isOpen: true,
	run: ({ operands }) => runProgram("demo/main.ts", operands),
};

#!/usr/bin/env node
// The `kassahub` command for a shell that has another Node: runs the CLI under the pinned one.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { pinnedNode, root } from "./stamp.js";

const setup = spawnSync(process.execPath, [join(root, "scripts/setup.js")], { stdio: ["ignore", 2, 2] });
if (setup.status !== 0) process.exit(setup.status ?? 1);

const cli = spawn(pinnedNode, [join(root, "hub/cli/main.ts"), ...process.argv.slice(2)], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => cli.kill(signal));
cli.on("close", (code) => process.exit(code ?? 1));

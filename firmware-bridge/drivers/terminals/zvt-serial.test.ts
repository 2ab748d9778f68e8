import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Value } from "typebox/value";
import { startZvtOnCable } from "../../emulators/zvt-on-bench.ts";
import { conformTerminal } from "./terminals.conformance.ts";
import { zvt } from "./zvt.ts";
import { ZvtSettings } from "./zvt-settings.ts";

const settings = { ...Value.Create(ZvtSettings), answerMs: 1000, completionMs: 2000, blockMs: 300, waitMs: 20 };
const path = (): string => join(mkdtempSync(join(tmpdir(), "zvt-")), "port");

conformTerminal({
	driver: zvt,
	settings,
	start: () => startZvtOnCable({ path: path() }),
	over: "a serial cable",
	isSlow: true,
	dying: {
		settings: { ...settings, answerMs: 150, completionMs: 200, blockMs: 50 },
		start: () => startZvtOnCable({ path: path(), model: { ackMs: 150 }, blockMs: 50 }),
	},
});

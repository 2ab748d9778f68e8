import { Value } from "typebox/value";
import { startZvtOnTcp } from "../../emulators/zvt-on-bench.ts";
import { conformTerminal } from "./terminals.conformance.ts";
import { zvt } from "./zvt.ts";
import { ZvtSettings } from "./zvt-settings.ts";

const settings = { ...Value.Create(ZvtSettings), answerMs: 1000, waitMs: 20 };

conformTerminal({ driver: zvt, settings, start: () => startZvtOnTcp(), over: "TCP" });

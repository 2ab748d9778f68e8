import { Value } from "typebox/value";
import type { ZvtModel } from "../../emulators/zvt-model.ts";
import { startZvtOnTcp } from "../../emulators/zvt-on-bench.ts";
import { conformTerminal } from "./terminals.conformance.ts";
import { zvt } from "./zvt.ts";
import { ZvtSettings } from "./zvt-settings.ts";

const settings = { ...Value.Create(ZvtSettings), answerMs: 1000, waitMs: 20 };

const onTcp = (model: Partial<ZvtModel>) => ({ driver: zvt, settings, start: () => startZvtOnTcp({ model }) });

conformTerminal({ ...onTcp({}), over: "TCP" });

// Where the sheet leaves it open, terminals may differ.
conformTerminal({
	...onTcp({ prints: "lines", printsFirst: true, numbersDeclines: true, emptyAnswer: "06 1E", lingers: 0 }),
	over: "TCP, printing before the approval",
});

conformTerminal({
	...onTcp({ sendsTransactionIds: true, forgetsAtEndOfDay: true }),
	over: "TCP, keeping what was not acknowledged",
	// Stored before the hub saw the approval, and of another amount than was asked: it could be anyone's.
	leftToAPerson: ["a part of a payment"],
});

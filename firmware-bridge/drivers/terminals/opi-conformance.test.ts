import { EmulatedOpi } from "../../emulators/opi.ts";
import type { OpiModel } from "../../emulators/opi-messages.ts";
import { freePort } from "../../links/free-port.testing.ts";
import { opi } from "./opi.ts";
import { quick } from "./opi-bench.testing.ts";
import { conformTerminal } from "./terminals.conformance.ts";

const conformingPort = await freePort();
const conform = (over: string, model: Partial<OpiModel>, isSlow?: true) =>
	conformTerminal({
		driver: opi,
		// A terminal that goes on by itself has to be given the time for it.
		settings: { ...quick, devicePort: conformingPort, settleMs: model.goesOn ? 500 : quick.settleMs },
		start: () => new EmulatedOpi({ host: "127.0.0.1", port: conformingPort }, model).listen(),
		over,
		...(isSlow ? { isSlow } : {}),
	});

conform("two channels", {});
// A part of a payment can't be told from another payment here, so that it is left to a person.
conform("two channels, with payments known by their STAN alone", { names: "nothing", prints: "after" }, true);
conform("two channels, with payments that go on when the hub is gone", { goesOn: true, names: "RequestID" }, true);

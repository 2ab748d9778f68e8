import type { Command } from "@kassahub/contracts/command.ts";
import type { Static, TObject } from "typebox";
import type { Identity, LinkKind } from "../links/link.ts";
import type { Driver, Job, Outcome, Weight } from "./driver.ts";
import { type Exchange, exchangeOver, type Splitter } from "./exchange.ts";
import { pollScale } from "./scales/polling.ts";

type Given<T extends TObject, K extends LinkKind, Fixed extends keyof Driver> = Omit<Driver<T, K>, Fixed>;

export const definePrinter = <T extends TObject>(
	driver: Given<T, "bytes", "class" | "speaks" | "schemes" | "actionsBeside" | "actionsToRecover">,
): Driver<T, "bytes"> => ({
	class: "printer",
	speaks: "bytes",
	schemes: ["tcp", "serial", "usb"],
	actionsBeside: [],
	actionsToRecover: [],
	...driver,
});

/** A terminal moves money: what came of a command that had begun is always found out first (invariant 6). */
export const defineTerminal = <T extends TObject, K extends LinkKind>(
	driver: Given<T, K, "class" | "actionsBeside" | "actionsToRecover" | "actions" | "actionsWhileDegraded">,
): Driver<T, K> => ({
	class: "terminal",
	actions: ["pay", "refund", "reverse", "cancel", "end-of-day", "self-test"],
	// A terminal that asks for its end of day must be able to get it.
	actionsWhileDegraded: ["end-of-day", "self-test"],
	actionsBeside: ["cancel"],
	actionsToRecover: ["pay", "refund", "reverse", "end-of-day"],
	...driver,
});

type Plain = "class" | "actions" | "actionsWhileDegraded" | "actionsBeside" | "actionsToRecover";
const selfTestOnly = {
	actions: ["self-test"],
	actionsWhileDegraded: ["self-test"],
	actionsBeside: [],
	actionsToRecover: [],
} as const;

export const defineScanner = <T extends TObject>(driver: Given<T, "bytes", Plain | "speaks">): Driver<T, "bytes"> => ({
	class: "scanner",
	speaks: "bytes",
	...selfTestOnly,
	...driver,
});

export const defineNfc = <T extends TObject>(
	driver: Given<T, "cards", Plain | "speaks" | "schemes">,
): Driver<T, "cards"> => ({
	class: "nfc",
	speaks: "cards",
	schemes: ["pcsc"],
	...selfTestOnly,
	...driver,
});

export const defineDisplay = <T extends TObject>(
	driver: Given<T, "bytes", Plain | "speaks" | "schemes">,
): Driver<T, "bytes"> => ({
	class: "display",
	speaks: "bytes",
	schemes: ["serial", "tcp"],
	...selfTestOnly,
	actions: ["show", "self-test"],
	...driver,
});

export const defineSensor = <T extends TObject, K extends LinkKind>(
	driver: Given<T, K, "class" | "actionsWhileDegraded" | "actionsBeside" | "actionsToRecover">,
): Driver<T, K> => ({
	class: "sensor",
	actionsWhileDegraded: driver.actions,
	actionsBeside: [],
	actionsToRecover: [],
	...driver,
});

export type ScaleDriver<T extends TObject, Frame> = Given<
	T,
	"bytes",
	"class" | "speaks" | "schemes" | "tcpPort" | "open" | "actionsWhileDegraded" | "actionsBeside" | "actionsToRecover"
> & {
	splitter(): Splitter<Frame>;
	/** One question and its answer. Throws DEVICE_GARBLED or DEVICE_UNREACHABLE rather than offer a doubtful weight. */
	weigh(scale: Exchange<Frame>, settings: Static<T>): Promise<Weight>;
	/** Which scale it is, where the protocol can tell. */
	identify?(scale: Exchange<Frame>, settings: Static<T>): Promise<Identity>;
	perform(scale: Exchange<Frame>, settings: Static<T>, command: Command, job: Job): Promise<Outcome>;
};

/** TCP serial servers (Moxa, USR and the like) listen here unless set otherwise. */
const SERIAL_SERVER_PORT = 4001;

/** A scale is asked over and over; what it says reaches the registers by the same rules whatever its protocol. */
export const defineScale = <T extends TObject, Frame>(driver: ScaleDriver<T, Frame>): Driver<T, "bytes"> => ({
	...driver,
	class: "scale",
	speaks: "bytes",
	schemes: ["serial", "tcp"],
	tcpPort: SERIAL_SERVER_PORT,
	actionsWhileDegraded: ["self-test"],
	actionsBeside: [],
	actionsToRecover: [],
	async open(link, settings, report) {
		const scale = exchangeOver(link, driver.splitter());
		const pollMs = (settings as { pollMs: number }).pollMs;
		const weigh = () => driver.weigh(scale, settings);
		const identify = driver.identify?.bind(driver, scale, settings);
		return {
			watch: () => pollScale({ weigh, identify, gone: link.gone, pollMs, report }),
			perform: (command, job) => driver.perform(scale, settings, command, job),
		};
	},
});

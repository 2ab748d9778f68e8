import type { Command } from "@kassahub/contracts/command.ts";
import type { Static, TObject } from "typebox";
import type { Driver, Outcome, Weight } from "./driver.ts";
import { type Exchange, exchangeOver, type Splitter } from "./exchange.ts";
import { pollScale } from "./scales/polling.ts";

export const definePrinter = <T extends TObject>(driver: Omit<Driver<T>, "class">): Driver<T> => ({
	class: "printer",
	...driver,
});

export type ScaleDriver<T extends TObject, Frame> = Omit<
	Driver<T>,
	"class" | "open" | "actionsWhileDegraded" | "tcpPort"
> & {
	splitter(): Splitter<Frame>;
	/** One question and its answer. Throws DEVICE_GARBLED or DEVICE_UNREACHABLE rather than offer a doubtful weight. */
	weigh(scale: Exchange<Frame>, settings: Static<T>): Promise<Weight>;
	perform(scale: Exchange<Frame>, settings: Static<T>, command: Command): Promise<Outcome>;
};

/** TCP serial servers (Moxa, USR and the like) listen here unless set otherwise. */
const SERIAL_SERVER_PORT = 4001;

/** A scale is asked over and over; what it says reaches the registers by the same rules whatever its protocol. */
export const defineScale = <T extends TObject, Frame>(driver: ScaleDriver<T, Frame>): Driver<T> => ({
	...driver,
	class: "scale",
	tcpPort: SERIAL_SERVER_PORT,
	actionsWhileDegraded: ["self-test"],
	async open(link, settings, report) {
		const scale = exchangeOver(link, driver.splitter());
		const pollMs = (settings as { pollMs: number }).pollMs;
		return {
			watch: () => pollScale({ weigh: () => driver.weigh(scale, settings), gone: link.gone, pollMs, report }),
			perform: (command) => driver.perform(scale, settings, command),
		};
	},
});

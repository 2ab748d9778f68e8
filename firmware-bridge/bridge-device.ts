import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { BRIDGE_NAME } from "@kassahub/contracts/config-file.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Logger } from "pino";
import { Commands } from "./commands.ts";
import type { Outcome } from "./drivers/driver.ts";
import { fault } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import type { BrokerAccess } from "./links/link.ts";
import { Mailbox } from "./mailbox.ts";
import { pause } from "./pause.ts";

const LAST_WORDS_MS = 2000;

type Condition = Pick<DeviceState, "state"> & Partial<Pick<DeviceState, "fault" | "devices">>;

/** What the bridge itself can be asked. */
export type BridgeActions = { scan(): Promise<Outcome>; selfTest(): Promise<Outcome> };

/** The bridge as a device of its own: how it is, and what it can be asked. */
export class BridgeDevice {
	readonly #commands: Commands;
	readonly #mailbox: Mailbox;
	#state: DeviceState;

	constructor(
		actions: BridgeActions,
		{ dataDir, broker, log }: { dataDir: string; broker: BrokerAccess; log: Logger },
	) {
		this.#state = {
			device: BRIDGE_NAME,
			class: "bridge",
			driver: "firmware-bridge",
			link: broker.url,
			state: "connecting",
			since: new Date().toISOString(),
		};
		const ledger = new Ledger(join(dataDir, "bridge", "underway", `${BRIDGE_NAME}.json`), log);
		this.#commands = new Commands(
			BRIDGE_NAME,
			{ actions: ["scan", "self-test"], actionsWhileDegraded: [], actionsBeside: ["self-test"], actionsToRecover: [] },
			ledger,
			{
				// A mistake in devices.yaml is no reason not to look for devices.
				readiness: () => "all",
				perform: ({ action }) => (action === "scan" ? actions.scan() : actions.selfTest()),
				recover: async () => ({ status: "unknown" }),
				tell: (result) => this.#mailbox.result(result, () => ledger.told(result.id)),
			},
			log,
		);
		const lastWill: DeviceState = { ...this.#state, state: "offline", fault: fault("BRIDGE_STOPPED") };
		this.#mailbox = new Mailbox(
			broker,
			{ device: BRIDGE_NAME, lastWill, log },
			{
				accept: (payload) => this.#commands.accept(payload),
				greet: () => {
					void this.#mailbox.state(this.#state);
					for (const result of ledger.untold) this.#mailbox.result(result, () => ledger.told(result.id));
				},
			},
		);
	}

	async start(): Promise<void> {
		await this.#commands.resume();
	}

	become(condition: Condition): void {
		const { device, class: deviceClass, driver, link, since, state, fault: oldFault } = this.#state;
		const isSame = state === condition.state && isDeepStrictEqual(oldFault, condition.fault);
		this.#state = {
			...{ device, class: deviceClass, driver, link },
			...condition,
			since: isSame ? since : new Date().toISOString(),
		};
		void this.#mailbox.state(this.#state);
	}

	async stop(): Promise<void> {
		await pause(LAST_WORDS_MS, this.#commands.stop());
		this.become({ state: "offline", fault: fault("BRIDGE_STOPPED") });
		await pause(LAST_WORDS_MS, this.#mailbox.state(this.#state));
		await pause(LAST_WORDS_MS, this.#mailbox.close());
	}
}

import { isErrorCode } from "@kassahub/contracts/errors.ts";
import type { RelayState } from "@kassahub/contracts/relay-state.ts";
import type { Alerts } from "./alerts.ts";

/** What the hub last heard of its relay. Waiting for the internet is no alert: the shop sells on (invariant 4). */
export class RelayWatch {
	readonly #alerts: Alerts;
	#state: RelayState | undefined;

	constructor(alerts: Alerts) {
		this.#alerts = alerts;
	}

	state(): RelayState | undefined {
		return this.#state;
	}

	heard(state: RelayState): void {
		this.#state = state;
		if (state.state === "stopped" && state.fault && isErrorCode(state.fault.code)) {
			this.#alerts.raise(state.fault.code, "relay", "critical");
		} else if (state.state !== "stopped") {
			this.#alerts.clear("relay");
		}
		if (state.lost) {
			const { first, last } = state.lost;
			this.#alerts.raise("RESTORED_BEHIND", "backup", "warning", `${first} - ${last}`);
		}
	}
}

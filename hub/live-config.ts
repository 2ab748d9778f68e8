import { isDeepStrictEqual } from "node:util";
import type { Config } from "@kassahub/contracts/config.ts";
import { type ConfigFile, faultWords } from "@kassahub/contracts/config-file.ts";
import { ConfigWatch, type WatchOptions } from "@kassahub/contracts/config-watch.ts";
import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import type { Logger } from "pino";
import type { Alerts } from "./alerts.ts";
import type { Settings } from "./config.ts";

const SUBJECT = "config";
const DETAIL_LENGTH_MAX = 200;

/**
 * The shop and its devices as devices.yaml has them now. What the hub takes over only at its start (the shop's id, mqtt,
 * cloud) stays as it was then, and an alert says that a restart is due.
 */
export class LiveConfig implements Config {
	readonly #started: Config;
	readonly #watch: ConfigWatch;
	readonly #alerts: Pick<Alerts, "raise" | "clear">;
	readonly #log: Logger;
	readonly #said = new Map<ErrorCode, string>();
	#config: Config;

	constructor(
		{ config, configFile }: Pick<Settings, "config" | "configFile">,
		{ alerts, log }: { alerts: Pick<Alerts, "raise" | "clear">; log: Logger },
		options?: WatchOptions,
	) {
		this.#started = config;
		this.#config = config;
		this.#alerts = alerts;
		this.#log = log;
		this.#watch = new ConfigWatch(configFile, options);
		this.#watch.on("changed", (file) => this.#take(file));
		this.#watch.on("broken", () => this.#sayTrouble());
		if (this.#watch.current) this.#take(this.#watch.current);
		this.#sayTrouble();
	}

	get shop(): Config["shop"] {
		return { ...this.#config.shop, id: this.#started.shop.id };
	}

	get devices(): NonNullable<Config["devices"]> {
		return this.#config.devices ?? {};
	}

	/** Where backups go, and how they are encrypted. */
	backupPlan(): Config["backup"] {
		return this.#config.backup;
	}

	/** How many days rows stay in the journal's own file. */
	keepDays(): number | undefined {
		return this.#config.journal?.keepDays;
	}

	close(): void {
		this.#watch.close();
	}

	#take(file: ConfigFile): void {
		this.#config = file.config;
		for (const { name, faults } of file.refused) {
			this.#log.warn({ device: name, faults: faults.map(faultWords) }, "devices.yaml: this device is left out");
		}
		this.#sayTrouble();
		this.#say("CONFIG_NEEDS_RESTART", staleParts(this.#started, file.config).join(", "));
	}

	#sayTrouble(): void {
		const { trouble, current } = this.#watch;
		this.#say("CONFIG_INVALID", (trouble?.faults ?? current?.nameless ?? []).map(faultWords).join("; "));
	}

	/** Raises an alert with what is to be told, or clears it where there is nothing. */
	#say(code: ErrorCode, detail: string): void {
		if ((this.#said.get(code) ?? "") === detail) return;
		this.#said.set(code, detail);
		this.#alerts.clear(SUBJECT, code);
		if (detail === "") return;
		this.#log.warn({ code, detail }, "devices.yaml");
		this.#alerts.raise(code, SUBJECT, "warning", shortened(detail));
	}
}

/** What a running hub does not take over. */
function staleParts(started: Config, now: Config): string[] {
	return [
		...(now.shop.id === started.shop.id ? [] : ["shop.id"]),
		...(isDeepStrictEqual(now.mqtt, started.mqtt) ? [] : ["mqtt"]),
		...(isDeepStrictEqual(now.cloud, started.cloud) ? [] : ["cloud"]),
	];
}

const shortened = (words: string): string =>
	words.length <= DETAIL_LENGTH_MAX ? words : `${words.slice(0, DETAIL_LENGTH_MAX - 1)}…`;

import type { Alert } from "@kassahub/contracts/alert.ts";
import type { Box } from "@kassahub/contracts/box.ts";
import type { Config } from "@kassahub/contracts/config.ts";
import type { DeviceHistory } from "@kassahub/contracts/device-history.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { JournalHead } from "@kassahub/contracts/journal-head.ts";
import type { QuarantineItem } from "@kassahub/contracts/quarantine-item.ts";
import type { RelayState } from "@kassahub/contracts/relay-state.ts";
import type { Trace } from "@kassahub/contracts/trace.ts";
import type { Verification } from "../journal/verify.ts";
import { scrubConfig, scrubLink, scrubLogLine, scrubTrace, scrubWords } from "./scrub.ts";

/** All that is known of a hub at a moment, as it is: nothing of it is fit to leave the box yet. */
export type Findings = {
	at: Date;
	versions: Record<string, string>;
	config: Config;
	box: Box;
	devices: readonly DeviceState[];
	histories: readonly DeviceHistory[];
	traces: readonly Trace[];
	alerts: readonly Alert[];
	journal: { head?: JournalHead; verification?: Verification; fault?: string };
	quarantine: readonly QuarantineItem[];
	relay: RelayState | undefined;
	/** JSON, a line each. */
	logs: readonly string[];
	/** Names of people, which stay in the shop. */
	names: readonly string[];
};

export type Told = Omit<Findings, "config" | "traces" | "logs" | "names" | "quarantine" | "at"> & {
	at: string;
	config: Record<string, unknown>;
	quarantine: readonly Record<string, unknown>[];
	traces: ReadonlyMap<string, readonly Partial<Trace>[]>;
	logs: readonly string[];
};

/** What of it may leave the box. */
export function scrubFindings({ at, names, config, traces, logs, quarantine, devices, ...findings }: Findings): Told {
	const classes = new Map(devices.map((device) => [device.device, device.class]));
	const byDevice = new Map<string, Partial<Trace>[]>();
	for (const trace of traces) {
		const deviceClass = classes.get(trace.device);
		if (deviceClass === undefined) continue;
		const told = byDevice.get(trace.device) ?? [];
		byDevice.set(trace.device, told);
		told.push(scrubTrace(trace, deviceClass, names));
	}
	const clean = <T>(value: T): T =>
		value === undefined ? value : JSON.parse(JSON.stringify(value), (_, inner) => cleanWords(inner, names));
	return {
		...clean({ versions: findings.versions, box: findings.box, alerts: findings.alerts }),
		relay: clean(findings.relay),
		histories: findings.histories,
		// Hashes and numbers of the journal are no secret, and are what it is checked by.
		journal: findings.journal,
		at: at.toISOString(),
		config: scrubConfig(config),
		devices: devices.map(({ link, fault, ...device }) => ({
			...device,
			link: scrubLink(link),
			...(fault ? { fault: clean(fault) } : {}),
		})),
		quarantine: quarantine.map(({ number, at: since, kind, reasons, resolvedAt }) => ({
			...{ number, at: since, kind, resolvedAt },
			reasons: reasons.map(({ field, code }) => ({ field: scrubWords(field, names), code })),
		})),
		traces: byDevice,
		logs: logs.map((line) => scrubLogLine(line, names)),
	};
}

const cleanWords = (value: unknown, names: readonly string[]): unknown =>
	typeof value === "string" && !/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value)
		? scrubWords(value, names)
		: value;

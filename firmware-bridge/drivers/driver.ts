import type { Action, Command } from "@kassahub/contracts/command.ts";
import type { DeviceClass, DeviceState, Fault } from "@kassahub/contracts/device-state.ts";
import type { Reading } from "@kassahub/contracts/reading.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import type { Static, TObject } from "typebox";
import type { Link, SerialSettings } from "../links/link.ts";

type WeightReading = Extract<Reading, { type: "weight" }>;
type Bare<R> = R extends WeightReading ? Omit<R, "type" | "device" | "at"> : never;

/** What a scale says: grams only where it declares them valid and still. */
export type Weight = Bare<WeightReading>;

/** What came of a command. */
export type Outcome = Pick<Result, "status"> & { fault?: Fault; detail?: string };

/** How a device is, as far as its driver can tell; the bridge adds names, times and counts. */
export type Condition = { state: "online" | "degraded" | "offline" } & Partial<
	Pick<DeviceState, "fault" | "paper" | "cover" | "drawer" | "firmware" | "serialNumber">
>;

/** The driver's way to tell what it sees. */
export type Report = {
	condition(condition: Condition): void;
	weight(weight: Weight): void;
};

/** A conversation with a connected device. */
export type Session = {
	/** Runs until the link is lost. Throws a DeviceError where the device has to be connected anew. */
	watch(): Promise<void>;
	/** Does one command. What it throws means that the command may or may not have been done. */
	perform(command: Command): Promise<Outcome>;
};

/** A driver knows bytes, never where they come from. It only talks: the bridge reconnects, records, logs and reports. */
export type Driver<T extends TObject = TObject> = {
	name: string;
	class: DeviceClass;
	/** What it drives, for people. */
	title: string;
	/** What it has been seen to work with. */
	provenOn: string;
	serial: SerialSettings;
	tcpPort: number;
	settings: T;
	actions: readonly Action[];
	/** Actions that make sense while the device is degraded too, beside a command that waits for it to recover. */
	actionsWhileDegraded: readonly Action[];
	open(link: Link, settings: Static<T>, report: Report): Promise<Session>;
};

import type { Action, Command } from "@kassahub/contracts/command.ts";
import type { DeviceClass, DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Reading } from "@kassahub/contracts/reading.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import type { Static, TObject } from "typebox";
import type { LinkKind, Links, SerialSettings } from "../links/link.ts";
import type { Scheme } from "../links/schemes.ts";
import type { Wire } from "./wire.ts";

type Bare<R> = R extends Reading ? Omit<R, "device" | "at"> : never;

/** A reading as its driver gives it; the bridge adds the device's name and the time. */
export type BareReading = Bare<Reading>;

type Untyped<R> = R extends { type: "weight" } ? Omit<R, "type"> : never;

/** What a scale says: grams only where it declares them valid and still. */
export type Weight = Untyped<BareReading>;

/** What came of a command. */
export type Outcome = Pick<Result, "status"> &
	Partial<Pick<Result, "fault" | "detail" | "weight" | "payment" | "totals" | "found">>;

/** How a device is, as far as its driver can tell; the bridge adds names, times and counts. */
export type Condition = { state: "online" | "degraded" | "offline" } & Partial<
	Pick<
		DeviceState,
		| "fault"
		| "paper"
		| "cover"
		| "drawer"
		| "drawerIsOpen"
		| "firmware"
		| "serialNumber"
		| "model"
		| "battery"
		| "signal"
	>
>;

/** The driver's way to tell what it sees. */
export type Report = {
	condition(condition: Condition): void;
	reading(reading: BareReading): void;
};

/** What a driver has to know of a command after a kill, as JSON. No cardholder data. */
export type Evidence = Record<string, unknown>;

/** A command under way, as its driver sees it. */
export type Job = {
	/** What was kept of this command before; undefined where nothing was. */
	readonly evidence: Evidence | undefined;
	/** Resolves when it is on disk. Throws LEDGER_UNWRITABLE: then the step that it guards must not be taken. */
	keep(evidence: Evidence): Promise<void>;
};

/** A conversation with a connected device. */
export type Session = {
	/** Runs until the link is lost. Throws a DeviceError where the device has to be connected anew. */
	watch(): Promise<void>;
	/** Does one command. What it throws means that the command may or may not have been done. */
	perform(command: Command, job: Job): Promise<Outcome>;
	/**
	 * Finds out from the device what came of a command that had begun, and never does it again. `unknown` says that this
	 * can't be found out; what it throws, that it could not be asked now.
	 */
	recover?(command: Command, job: Job): Promise<Outcome>;
};

/** A driver knows bytes, never where they come from. It only talks: the bridge reconnects, records, logs and reports. */
export type Driver<T extends TObject = TObject, K extends LinkKind = LinkKind> = {
	name: string;
	class: DeviceClass;
	/** What it drives, for people. */
	title: string;
	/** What it has been seen to work with. */
	provenOn: string;
	/** What kind of link it talks over, and the URLs that may lead to it. */
	speaks: K;
	schemes: readonly Scheme[];
	/** What a link's URL leaves out. */
	serial?: SerialSettings;
	tcpPort?: number;
	settings: T;
	actions: readonly Action[];
	/** Actions that make sense while the device is degraded too, beside a command that waits for it to recover. */
	actionsWhileDegraded: readonly Action[];
	/** Actions that are done at once, beside a command that is under way. */
	actionsBeside: readonly Action[];
	/** Actions that must not stay in doubt: what came of them is found out by `recover` before anything else is done. */
	actionsToRecover: readonly Action[];
	wire: Wire;
	open(link: Links[K], settings: Static<T>, report: Report): Promise<Session>;
};

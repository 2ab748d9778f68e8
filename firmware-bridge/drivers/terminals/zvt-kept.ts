import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import type { Evidence } from "../driver.ts";
import { StatusInformation } from "./zvt-status-information.ts";

/** What is kept of a command that moves money, so that what came of it can be found out after a kill (sheet 7). */
export const Kept = Type.Object({
	cents: Type.Integer({ minimum: 1 }),
	/** By the hub's clock, before the terminal was asked. */
	startedAt: Type.String(),
	terminalId: Type.Optional(Type.String()),
	/** The terminal's last stored transaction before this one; absent where it had none. */
	last: Type.Optional(StatusInformation),
	/** The newest transaction seen before this one, stored or not: its numbers may be used up. */
	seen: Type.Optional(StatusInformation),
	/** Kept before the terminal was told that it is accepted. */
	approval: Type.Optional(StatusInformation),
	/** The terminal's last word was that it was not done. */
	refusal: Type.Optional(StatusInformation),
});
export type Kept = Static<typeof Kept>;

/** Of an end of day: its totals, kept before the terminal was told that they came. */
export const KeptDay = Type.Object({ totals: Type.Optional(StatusInformation.properties.totals) });
export type KeptDay = Static<typeof KeptDay>;

/** What was kept of a command; undefined where nothing was, or by a program that wrote it otherwise. */
export const keptOf = (evidence: Evidence | undefined): Kept | undefined =>
	Value.Check(Kept, evidence) ? evidence : undefined;

export const keptDayOf = (evidence: Evidence | undefined): KeptDay | undefined =>
	Value.Check(KeptDay, evidence) ? evidence : undefined;

import { Value } from "typebox/value";
import { uuidv7 } from "uuidv7";
import { afterEach } from "vitest";
import { movedCents } from "../../emulators/terminal-on-bench.ts";
import type { ZvtModel } from "../../emulators/zvt-model.ts";
import { type Segments, startZvtOnTcp, type ZvtOnBench } from "../../emulators/zvt-on-bench.ts";
import { HubOnBench } from "./hub.testing.ts";
import { zvt } from "./zvt.ts";
import { ZvtSettings } from "./zvt-settings.ts";

const settings = { ...Value.Create(ZvtSettings), answerMs: 1000, waitMs: 20 };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
});

export type ZvtBench = {
	terminal: ZvtOnBench;
	hub: HubOnBench;
	moved: () => number;
	/** Every message since the hub connected, by its name. */
	spoken: string[];
};

/** A terminal of some model on TCP and a hub that is connected to it, until the test is over. */
export async function zvtBench(
	model: Partial<ZvtModel> = {},
	change: Partial<ZvtSettings> = {},
	segments: Segments = "whole",
): Promise<ZvtBench> {
	const terminal = await startZvtOnTcp({ model, segments });
	closing.push(() => terminal.close());
	const hub = new HubOnBench(zvt, { ...settings, ...change }, terminal);
	closing.push(() => hub.disconnect());
	await hub.connect();
	const spoken: string[] = [];
	terminal.onMessage(({ name, moment }) => {
		if (moment === "after") spoken.push(name);
	});
	return { terminal, hub, moved: () => movedCents(terminal.charges), spoken };
}

export const pay = { action: "pay", amount: 1995 } as const;

export const commandOf = <A extends object>(asked: A) => ({ id: uuidv7(), at: new Date().toISOString(), ...asked });

import type { Command } from "@kassahub/contracts/command.ts";
import { uuidv7 } from "uuidv7";
import { onTestFinished } from "vitest";
import { EmulatedOpi } from "../../emulators/opi.ts";
import type { OpiModel } from "../../emulators/opi-messages.ts";
import { freePort } from "../../links/free-port.testing.ts";
import { type Connected, connect } from "../connected.testing.ts";
import type { Evidence, Outcome } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";
import { opi } from "./opi.ts";

/** All of the driver's settings but its port, with timeouts that a test can wait for. */
export const quick = {
	workstation: "KASSA1",
	recovery: "repeat-last-message",
	answerMs: 500,
	paymentMs: 1500,
	receiptMs: 100,
	settleMs: 60,
	pollMs: 10,
	heartbeatMs: 60_000,
};
export type Settings = Partial<typeof quick>;

/** A terminal of a model, and hubs that join it; all of it is gone when the test is. */
export async function bench(model: Partial<OpiModel> = {}, settings: Settings = {}) {
	const devicePort = await freePort();
	const terminal = await new EmulatedOpi({ host: "127.0.0.1", port: devicePort }, model).listen();
	onTestFinished(() => terminal.close());
	const join = async (): Promise<Connected<"channels">> => {
		const connected = await connect(opi, terminal.url, { ...quick, ...settings, devicePort });
		onTestFinished(() => connected.link.close());
		return connected;
	};
	return { terminal, join };
}

export const commandOf = <A extends object>(asked: A, id = uuidv7()) =>
	({ id, at: "2026-11-24T14:31:00.000+01:00", ...asked }) as unknown as Command;

export const recover = async (connected: Connected<"channels">, command: Command, evidence: Evidence | undefined) =>
	(await connected.session.recover?.(command, jobOnPaper(evidence))) as Outcome;

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "@kassahub/contracts/command.ts";
import { uuidv7 } from "uuidv7";
import { onTestFinished } from "vitest";
import { EmulatedNexo, POI_ID } from "../../emulators/nexo.ts";
import { type Connected, connect } from "../connected.testing.ts";
import type { Evidence, Outcome } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";
import { nexo } from "./nexo.ts";

/** A key that both sides share, as a secret in a file on the hub's. */
export const key = { passphrase: "kassahub-demo", identifier: "kassahub", version: 1 };
export const folder = mkdtempSync(join(tmpdir(), "nexo-"));
export const passphraseFile = join(folder, "passphrase");
writeFileSync(passphraseFile, `${key.passphrase}\n`);

/** All of the driver's settings for a terminal in the clear, with timeouts that a test can wait for. */
export const quick = {
	poiId: POI_ID,
	saleId: "KASSA1",
	keyIdentifier: "kassahub",
	keyVersion: 1,
	answerMs: 1000,
	paymentMs: 2000,
	pollMs: 20,
	heartbeatMs: 60_000,
};
type Settings = Partial<typeof quick> & { passphraseFile?: string; caFile?: string };

/** A hub that talks to a terminal; gone when the test is. */
export async function joined(terminal: EmulatedNexo, settings: Settings = {}): Promise<Connected<"http">> {
	const connected = await connect(nexo, terminal.url, { ...quick, ...settings });
	onTestFinished(() => connected.link.close());
	return connected;
}

export async function terminalWith(options: ConstructorParameters<typeof EmulatedNexo>[0] = {}): Promise<EmulatedNexo> {
	const terminal = await new EmulatedNexo(options).listen();
	onTestFinished(() => terminal.close());
	return terminal;
}

/** In the clear, so that a test's time goes into what it is about. */
export async function bench(limitMs?: number) {
	const terminal = await terminalWith(limitMs === undefined ? {} : { limitMs });
	return { terminal, connected: await joined(terminal) };
}

export const commandOf = <A extends object>(asked: A, id = uuidv7()) =>
	({ id, at: "2026-11-24T14:31:00.000+01:00", ...asked }) as unknown as Command;
export const recover = async (connected: Connected<"http">, command: Command, evidence: Evidence | undefined) =>
	(await connected.session.recover?.(command, jobOnPaper(evidence))) as Outcome;

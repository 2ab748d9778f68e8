import { connect } from "node:net";
import { DeviceError } from "../fault.ts";
import { pause } from "../pause.ts";
import { CardReaders } from "./card-readers.ts";
import type { CardLink, Tap } from "./link.ts";

/** How long to wait before the process that serves the readers is started again. */
const BACKOFF_MS = [1000, 2000, 5000];
/** A process that lived so long was a healthy one. */
const HEALTHY_MS = 10_000;

let serving: Promise<CardReaders> | undefined;
let failures = 0;
let notBeforeMs = 0;

/**
 * Opens the first free NFC reader with `reader` in its name, in whatever case; any reader where that is empty. One
 * process serves all of a bridge's readers. Throws NFC_PCSCD_AWAY, NFC_NOT_BUILT, or DEVICE_UNREACHABLE where there is
 * no such reader.
 */
export async function openCards({ reader }: { reader: string }, tap: Tap): Promise<CardLink> {
	serving ??= startServing();
	return (await serving).open(reader, tap);
}

/** The names of the NFC readers that are plugged in. Throws as `openCards` does. */
export async function namesOfReaders(): Promise<string[]> {
	serving ??= startServing();
	return (await serving).names();
}

/** Throws NFC_PCSCD_AWAY where nobody listens: the module below would block its process for as long. */
function reachPcscd(): Promise<void> {
	const path = process.env.PCSCLITE_CSOCK_NAME ?? "/run/pcscd/pcscd.comm";
	return new Promise((resolve, reject) => {
		const socket = connect(path, () => {
			socket.destroy();
			resolve();
		});
		socket.once("error", ({ code }: NodeJS.ErrnoException) => {
			// Its queue is full: it is there, and whether it answers is seen soon enough.
			if (code === "EAGAIN") return resolve();
			const detail = `nothing answers at ${path} (${code}): is pcscd installed and started?`;
			reject(new DeviceError("NFC_PCSCD_AWAY", detail));
		});
	});
}

async function startServing(): Promise<CardReaders> {
	try {
		await reachPcscd();
	} catch (error) {
		serving = undefined;
		throw error;
	}
	try {
		await pause(Math.max(0, notBeforeMs - performance.now()), new Promise(() => undefined));
		const startedAt = performance.now();
		const readers = await CardReaders.start();
		void readers.gone.then(() => fail(startedAt));
		return readers;
	} catch (error) {
		fail(performance.now());
		throw error;
	}
}

function fail(startedAt: number): void {
	serving = undefined;
	if (performance.now() - startedAt >= HEALTHY_MS) failures = 0;
	notBeforeMs = performance.now() + (BACKOFF_MS[Math.min(failures++, BACKOFF_MS.length - 1)] ?? 0);
}

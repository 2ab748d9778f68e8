import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "../pause.ts";
import type { EmulatedCard } from "./card.ts";

const DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const GET_ATR = 0x04;
const START_TRIES_MAX = 400;

/**
 * The real pcscd with readers of the vsmartcard project, which cards are "held" to over TCP: two bytes of length, then
 * a control byte or an APDU. It has a /run of its own, so that none of this machine's is touched and several tests run
 * at once; the bridge finds it by PCSCLITE_CSOCK_NAME.
 */
export class EmulatedReaders {
	/** The names of the two slots. */
	readonly names: readonly [string, string];
	readonly #folder = mkdtempSync(join(tmpdir(), "pcsc-"));
	/** The second slot is on the next port. Below where the system takes ports from by itself. */
	readonly #port = 10_000 + 2 * Math.floor(Math.random() * 10_000);
	#pcscd: ChildProcess | undefined;
	readonly #cards = new Map<number, Socket>();

	constructor(name = "ACS ACR122U PICC Interface") {
		this.names = [`${name} 00 00`, `${name} 00 01`];
		mkdirSync(join(this.#folder, "run"));
		const port = `0x${this.#port.toString(16)}`;
		writeFileSync(
			join(this.#folder, "reader.conf"),
			`FRIENDLYNAME "${name}"\nDEVICENAME /dev/null:${port}\nLIBPATH ${DRIVER}\nCHANNELID ${port}\n`,
		);
		process.env.PCSCLITE_CSOCK_NAME = this.socketPath;
	}

	get socketPath(): string {
		return join(this.#folder, "run/pcscd/pcscd.comm");
	}

	/** Resolves when pcscd answers. */
	async start(): Promise<void> {
		const root = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
		const attempt = spawnSync("unshare", [...root, "--mount", "true"], { encoding: "utf8" });
		if (attempt.status !== 0) {
			throw new Error(`NFC tests need a mount namespace, and unshare could not make one: ${attempt.stderr}`);
		}
		const script = 'mount --bind "$0/run" /run && exec pcscd --foreground --config "$0/reader.conf"';
		const pcscd = spawn("unshare", [...root, "--mount", "sh", "-c", script, this.#folder], {
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
		});
		this.#pcscd = pcscd;
		let words = "";
		for (const stream of [pcscd.stdout, pcscd.stderr]) {
			stream.on("data", (bytes) => {
				words += bytes;
			});
		}
		for (let tries = 0; tries < START_TRIES_MAX && pcscd.exitCode === null; tries++) {
			if (await this.#answers()) return;
			await pause(25, once(pcscd, "exit"));
		}
		throw new Error(`pcscd did not come up (apt-get install pcscd vsmartcard-vpcd): ${words}`);
	}

	/** Kills pcscd, as a crash would. */
	async stop(): Promise<void> {
		const pcscd = this.#pcscd;
		this.#pcscd = undefined;
		for (const slot of [...this.#cards.keys()]) this.take(slot);
		if (!pcscd || pcscd.exitCode !== null) return;
		const ended = once(pcscd, "exit");
		pcscd.kill("SIGKILL");
		await ended;
	}

	/** Stops pcscd in its tracks: it is there, takes connections, and answers nobody. */
	freeze(): void {
		this.#pcscd?.kill("SIGSTOP");
	}

	/** Holds a card to a slot. */
	async hold(card: EmulatedCard, slot = 0): Promise<void> {
		const socket = connect(this.#port + slot, "127.0.0.1");
		this.#cards.set(slot, socket);
		socket.on("error", () => undefined);
		let heard = Buffer.alloc(0);
		socket.on("data", (bytes) => {
			heard = Buffer.concat([heard, bytes]);
			while (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE(0)) {
				const message = heard.subarray(2, 2 + heard.readUInt16BE(0));
				heard = heard.subarray(2 + message.length);
				const answer = message.length > 1 ? card.answer(message) : message[0] === GET_ATR ? card.atr : "mute";
				if (answer === "gone") socket.destroy();
				else if (answer !== "mute") socket.write(Buffer.of(answer.length >> 8, answer.length & 0xff, ...answer));
			}
		});
		await once(socket, "connect");
	}

	/** Takes it away. */
	take(slot = 0): void {
		this.#cards.get(slot)?.destroy();
		this.#cards.delete(slot);
	}

	async close(): Promise<void> {
		await this.stop();
		rmSync(this.#folder, { recursive: true });
		delete process.env.PCSCLITE_CSOCK_NAME;
	}

	#answers(): Promise<boolean> {
		return new Promise((resolve) => {
			const socket = connect(this.socketPath, () => {
				socket.destroy();
				resolve(true);
			});
			socket.once("error", () => resolve(false));
		});
	}
}

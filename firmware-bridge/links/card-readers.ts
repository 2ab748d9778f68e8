import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { DeviceError } from "../fault.ts";
import { pause } from "../pause.ts";
import { Silence } from "../silence.ts";
import type { Asked, Told } from "./cards-process.ts";
import type { CardEvent, CardLink, Tap } from "./link.ts";

/** A process that was silent for so long is blocked, and is killed. To start may take longer. */
const SILENCE_MS = 3000;
const START_MS = 10_000;
const APDU_MS = 1000;
/** Readers that are there are named within a tenth of this. */
const NAMED_WITHIN_MS = 1000;
/** A reader that is unplugged may be back soon: the process waits for it. */
const LINGER_MS = 60_000;

type Holder = { event(event: CardEvent): void; lose(error: DeviceError): void };
type Reader = { tap: number; atr?: Uint8Array | undefined; holder?: Holder | undefined };
type Question = { answer(bytes: Uint8Array): void; fail(detail: string): void };

const unreachable = (detail: string): DeviceError => new DeviceError("DEVICE_UNREACHABLE", detail);

/** The process that serves all NFC readers of this bridge, as seen from outside it. */
export class CardReaders {
	/** Resolves when the process has ended, with what is to be said of every reader. */
	readonly gone: Promise<DeviceError>;
	readonly #child: ChildProcess;
	readonly #readers = new Map<string, Reader>();
	readonly #questions = new Map<number, Question>();
	#lastId = 0;
	#why: DeviceError | undefined;
	#readyAt = 0;
	#changed = Promise.withResolvers<void>();
	readonly #ready = Promise.withResolvers<void>();
	#linger: NodeJS.Timeout | undefined;

	private constructor() {
		// setpriv: should this process be killed, no blocked one stays behind to spin for ever.
		this.#child = fork(join(import.meta.dirname, "cards-process.ts"), [], {
			execPath: "setpriv",
			execArgv: ["--pdeathsig", "KILL", process.execPath],
			serialization: "advanced",
			stdio: ["ignore", "ignore", "inherit", "ipc"],
		});
		this.#child.unref();
		this.#child.channel?.unref();
		const isBlocked = (): void => this.#kill("NFC_PCSCD_AWAY", "pcscd is there but does not answer");
		const start = new Silence(START_MS, isBlocked);
		const silence = new Silence(SILENCE_MS, isBlocked);
		start.heard();
		this.#child.on("message", (told: Told) => {
			start.stop();
			silence.heard();
			this.#hear(told);
		});
		this.gone = new Promise((resolve) => {
			const leave = (detail: string): void => {
				start.stop();
				silence.stop();
				clearTimeout(this.#linger);
				this.#why ??= new DeviceError("NFC_PCSCD_AWAY", detail);
				for (const reader of this.#readers.values()) reader.holder?.lose(this.#why);
				for (const question of this.#questions.values()) question.fail(detail);
				this.#changed.resolve();
				resolve(this.#why);
			};
			this.#child.once("error", (error) => leave(error.message));
			this.#child.once("exit", (code, signal) => leave(`the process for NFC readers ended (${code ?? signal})`));
		});
	}

	/** Resolves when pcscd has answered. Throws what it can't be started for. */
	static async start(): Promise<CardReaders> {
		const readers = new CardReaders();
		await Promise.race([
			readers.#ready.promise,
			readers.gone.then((error) => {
				throw error;
			}),
		]);
		return readers;
	}

	/** Takes a reader for one holder. Throws DEVICE_UNREACHABLE where none is free that has `wanted` in its name. */
	async open(wanted: string, tap: Tap): Promise<CardLink> {
		clearTimeout(this.#linger);
		for (;;) {
			if (this.#why) throw this.#why;
			const found = this.#free(wanted);
			if (found) return this.#hold(...found, tap);
			const rest = this.#readyAt + NAMED_WITHIN_MS - performance.now();
			if (rest <= 0) break;
			await pause(rest, this.#changed.promise);
		}
		this.#restart();
		const names = [...this.#readers].map(([name, { holder }]) => (holder ? `${name} (in use)` : name));
		const there = names.length === 0 ? "no reader is plugged in" : `there are: ${names.join(", ")}`;
		throw unreachable(`no reader with "${wanted}" in its name is free; ${there}`);
	}

	/** The readers that are plugged in, whoever holds them. */
	async names(): Promise<string[]> {
		await pause(Math.max(0, this.#readyAt + NAMED_WITHIN_MS - performance.now()), this.gone);
		if (this.#why) throw this.#why;
		this.#restart();
		return [...this.#readers.keys()];
	}

	#free(wanted: string): [string, Reader] | undefined {
		const words = wanted.toLowerCase();
		return [...this.#readers].find(([name, { holder }]) => {
			// Some readers have a slot for a key card inside, which no customer can reach.
			const isInside = /\bsam\b/i.test(name) && !words.includes("sam");
			return !holder && !isInside && name.toLowerCase().includes(words);
		});
	}

	#hold(name: string, reader: Reader, tap: Tap): CardLink {
		const { promise: gone, resolve: lose } = Promise.withResolvers<DeviceError>();
		let take: ((event: CardEvent) => void) | undefined;
		const holder: Holder = { event: (event) => take?.(event), lose };
		reader.holder = holder;
		return {
			gone,
			identity: { model: name },
			watch: (listener) => {
				take = listener;
				if (reader.atr) listener({ kind: "present", atr: reader.atr });
			},
			transmit: async (apdu) => {
				if (reader.holder !== holder || !reader.atr) throw unreachable("there is no card on the reader");
				tap("out", apdu);
				const answer = await this.#ask({ reader: name, tap: reader.tap, apdu });
				tap("in", answer);
				return answer;
			},
			close: async () => {
				lose(unreachable("closed"));
				if (reader.holder === holder) reader.holder = undefined;
				this.#restart();
			},
		};
	}

	/** Ends the process where nobody has held a reader for a while. */
	#restart(): void {
		clearTimeout(this.#linger);
		if ([...this.#readers.values()].some(({ holder }) => holder)) return;
		this.#linger = setTimeout(() => this.#kill("DEVICE_UNREACHABLE", "no reader was in use"), LINGER_MS).unref();
	}

	#ask(asked: Omit<Asked, "id">): Promise<Uint8Array> {
		const id = ++this.#lastId;
		return new Promise((resolve, reject) => {
			const end = (): void => {
				clearTimeout(deadline);
				this.#questions.delete(id);
			};
			const fail = (detail: string): void => {
				end();
				reject(unreachable(detail));
			};
			const deadline = setTimeout(() => fail(`the card does not answer within ${APDU_MS} ms`), APDU_MS);
			this.#questions.set(id, {
				answer: (bytes) => {
					end();
					resolve(bytes);
				},
				fail,
			});
			this.#child.send({ id, ...asked } satisfies Asked, (error) => error && fail(error.message));
		});
	}

	#hear(told: Told): void {
		switch (told.kind) {
			case "beat":
				return;
			case "ready":
				this.#readyAt = performance.now();
				this.#ready.resolve();
				return;
			case "failed":
				this.#why ??= new DeviceError(told.code, told.detail);
				return;
			case "answer":
				this.#questions.get(told.id)?.answer(told.bytes);
				return;
			case "no-answer":
				this.#questions.get(told.id)?.fail(told.detail);
				return;
			case "reader":
				this.#readers.set(told.reader, { tap: 0 });
				this.#changed.resolve();
				this.#changed = Promise.withResolvers();
				return;
			default:
				this.#hearOf(told);
		}
	}

	#hearOf(told: Extract<Told, { kind: "reader-gone" | "card" | "card-gone" | "unreadable" }>): void {
		const reader = this.#readers.get(told.reader);
		if (!reader) return;
		if (told.kind === "reader-gone") {
			this.#readers.delete(told.reader);
			reader.holder?.lose(unreachable(`the reader ${told.reader} is gone`));
		} else if (told.kind === "card") {
			reader.tap = told.tap;
			reader.atr = told.atr;
			reader.holder?.event({ kind: "present", atr: told.atr });
		} else if (told.kind === "card-gone") {
			reader.atr = undefined;
			reader.holder?.event({ kind: "removed" });
		} else reader.holder?.event({ kind: "unreadable", detail: told.detail });
	}

	#kill(code: "NFC_PCSCD_AWAY" | "DEVICE_UNREACHABLE", detail: string): void {
		this.#why ??= new DeviceError(code, detail);
		this.#child.kill("SIGKILL");
	}
}

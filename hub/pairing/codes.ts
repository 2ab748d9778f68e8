import { randomInt } from "node:crypto";
import type { PairingKind } from "@kassahub/contracts/credentials.ts";
import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import { Waiting } from "./waiting.ts";

const VALID_MS = 10 * 60_000;
const CODES_MAX = 20;
/** So many wrong codes, from wherever, and every code that waits is void: a million tries would find one. */
const WRONG_MAX = 30;

export type Paired = { kind: PairingKind; name: string };

/** A code that pairs nothing: it is wrong or over, or there were too many wrong ones. */
export class CodeRefused extends Error {
	readonly code: ErrorCode;
	readonly waitMs: number;

	constructor(code: ErrorCode, message: string, waitMs = 0) {
		super(message);
		this.name = "CodeRefused";
		this.code = code;
		this.waitMs = waitMs;
	}
}

/** Pairing by six digits, in memory: they are typed within minutes, and a restart of the hub ends them. */
export class PairingCodes {
	readonly #codes = new Map<string, Paired & { untilMs: number }>();
	readonly #waiting: Waiting;
	readonly #now: () => number;
	#wrong = 0;

	/** `now` in milliseconds, from a clock that never jumps. */
	constructor(now: () => number) {
		this.#now = now;
		this.#waiting = new Waiting(now);
	}

	/** A code for a device of that kind and name, and how long it is good for; the name's earlier code ends. */
	issue(paired: Paired): { code: string; validMs: number } {
		this.#forgetOver();
		for (const [code, { name }] of this.#codes) if (name === paired.name) this.#codes.delete(code);
		const oldest = this.#codes.keys().next().value;
		if (this.#codes.size >= CODES_MAX && oldest !== undefined) this.#codes.delete(oldest);
		if (this.#codes.size === 0) this.#wrong = 0;
		let code: string;
		do code = String(randomInt(1_000_000)).padStart(6, "0");
		while (this.#codes.has(code));
		this.#codes.set(code, { ...paired, untilMs: this.#now() + VALID_MS });
		return { code, validMs: VALID_MS };
	}

	/** What a code pairs; it is good once. `from` is the address that sent it. Throws CodeRefused. */
	redeem(code: string, from: string): Paired {
		const restMs = this.#waiting.restMs(from);
		if (restMs > 0) throw new CodeRefused("SIGN_IN_WAIT", `wait ${Math.ceil(restMs / 1000)} s`, restMs);
		this.#forgetOver();
		const found = this.#codes.get(code);
		if (!found) throw this.#refuse(from);
		this.#codes.delete(code);
		this.#waiting.succeed(from);
		return { kind: found.kind, name: found.name };
	}

	#refuse(from: string): CodeRefused {
		const waitMs = this.#waiting.fail(from);
		if (++this.#wrong >= WRONG_MAX) this.#codes.clear();
		return new CodeRefused("PAIRING_CODE_WRONG", "no device waits for this code, or no longer", waitMs);
	}

	#forgetOver(): void {
		for (const [code, { untilMs }] of this.#codes) if (untilMs <= this.#now()) this.#codes.delete(code);
	}
}

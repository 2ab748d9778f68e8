import { createHash } from "node:crypto";
import { makeSecret } from "../pairing/secret.ts";

/** Where somebody is signed in: on the console, or on one register. */
export type Place = { kind: "console" } | { kind: "register"; register: string };

/** How long a sign-in lasts, in ms: without use, and at the longest. */
const LIFETIMES: Record<Place["kind"], { idleMs: number; wholeMs: number }> = {
	console: { idleMs: 30 * 60_000, wholeMs: 12 * 3_600_000 },
	// A register is used all day, and its cashier signs out or hands it over.
	register: { idleMs: 4 * 3_600_000, wholeMs: 14 * 3_600_000 },
};
const PER_PERSON_MAX = 20;

type SignIn = { person: string; place: Place; startedMs: number; usedMs: number };

/** Who is signed in where, in memory: a restart of the hub signs everybody out. Tokens are kept as hashes. */
export class SignedIn {
	readonly #signIns = new Map<string, SignIn>();
	readonly #now: () => number;

	/** `now` in milliseconds, from a clock that never jumps. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/** Signs a person in; the token is theirs alone. The oldest of too many is signed out. */
	open(person: string, place: Place): string {
		const now = this.#now();
		if (place.kind === "register") this.#closeWhere((one) => isAt(one, place.register));
		const own = [...this.#signIns].filter(([, signIn]) => signIn.person === person);
		for (const [mark] of own.slice(0, Math.max(0, own.length - PER_PERSON_MAX + 1))) this.#signIns.delete(mark);
		const token = makeSecret();
		this.#signIns.set(markOf(token), { person, place, startedMs: now, usedMs: now });
		return token;
	}

	/** Who this token signs in, and notes that it is in use; undefined for one that is unknown or over. */
	read(token: string): { person: string; place: Place; endsInMs: number } | undefined {
		const mark = markOf(token);
		const signIn = this.#signIns.get(mark);
		if (!signIn) return undefined;
		const endsInMs = this.#restMs(signIn);
		if (endsInMs <= 0) {
			this.#signIns.delete(mark);
			return undefined;
		}
		signIn.usedMs = this.#now();
		return { person: signIn.person, place: signIn.place, endsInMs: this.#restMs(signIn) };
	}

	/** Who is signed in on a register; undefined where nobody is. */
	onRegister(register: string): { person: string; endsInMs: number } | undefined {
		const found = [...this.#signIns.values()].find((one) => isAt(one, register));
		const endsInMs = found ? this.#restMs(found) : 0;
		return found && endsInMs > 0 ? { person: found.person, endsInMs } : undefined;
	}

	/** Signs out whoever is on a register. */
	closeRegister(register: string): void {
		this.#closeWhere((signIn) => isAt(signIn, register));
	}

	close(token: string): void {
		this.#signIns.delete(markOf(token));
	}

	/** Signs a person out everywhere. */
	closeAll(person: string): void {
		this.#closeWhere((signIn) => signIn.person === person);
	}

	#closeWhere(isMeant: (signIn: SignIn) => boolean): void {
		for (const [mark, signIn] of this.#signIns) if (isMeant(signIn)) this.#signIns.delete(mark);
	}

	#restMs({ place, startedMs, usedMs }: SignIn): number {
		const { idleMs, wholeMs } = LIFETIMES[place.kind];
		return Math.min(startedMs + wholeMs, usedMs + idleMs) - this.#now();
	}
}

const isAt = ({ place }: SignIn, register: string): boolean => place.kind === "register" && place.register === register;

const markOf = (token: string): string => createHash("sha256").update(token).digest("base64url");

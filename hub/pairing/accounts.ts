import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { EventEmitter } from "node:events";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import { PairingKind } from "@kassahub/contracts/credentials.ts";
import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import { ClientName } from "@kassahub/contracts/fields.ts";
import type { ClientKind } from "@kassahub/contracts/message.ts";
import { Low } from "lowdb";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import { Attempts } from "./attempts.ts";
import { PrivateJsonFile } from "./private-file.ts";
import { HASH_PATTERN, hashSecret, makeSecret, verifySecret } from "./secret.ts";

const RESERVED = new Set(["hub", "bridge", "relay"]);
const SECRET_LENGTH_MAX = 256;

export type Account = { name: string; kind: ClientKind };

const Pairing = Type.Object({
	name: ClientName,
	kind: PairingKind,
	pairedAt: Type.String(),
	secret: Type.String({ pattern: HASH_PATTERN }),
});
type Pairing = Static<typeof Pairing>;

const Pairings = Type.Object({ v: Type.Literal(1), pairings: Type.Array(Pairing) });
const pairingsValidator = Compile(Pairings);
const nameValidator = Compile(ClientName);

/** A pairing that is not made, or a registry that cannot be read: which field, why, and what to do. */
export class PairingRefused extends Error {
	readonly code: ErrorCode;
	readonly field: string;
	readonly remedy: string;

	constructor(code: ErrorCode, field: string, message: string, remedy: string) {
		super(message);
		this.name = "PairingRefused";
		this.code = code;
		this.field = field;
		this.remedy = remedy;
	}
}

/**
 * Who may connect: the devices and people that were paired, in a JSON file that holds only slow hashes, and the hub's
 * own parts, whose secrets live in memory and change with every start.
 * `revoked`: the name may no longer connect. `replaced`: only its new credentials are valid.
 */
export class Accounts extends EventEmitter<{ revoked: [name: string]; replaced: [name: string] }> {
	readonly #db: Low<Static<typeof Pairings>>;
	readonly #pairings: Map<string, Pairing>;
	readonly #internal = new Map<string, { account: Account; mark: Buffer }>();
	/** Marks of secrets that passed the slow hash: a reconnect costs one HMAC. */
	readonly #verified = new Map<string, Buffer>();
	readonly #verifying = new Map<string, Promise<boolean>>();
	readonly #markKey = randomBytes(32);
	readonly #attempts: Attempts;
	#decoy: Promise<string> | undefined;

	private constructor(db: Low<Static<typeof Pairings>>, now: () => number) {
		super();
		this.#db = db;
		this.#pairings = new Map(db.data.pairings.map((pairing) => [pairing.name, pairing]));
		this.#attempts = new Attempts(now);
	}

	/** Opens the registry, made at the first pairing. Throws PairingRefused (PAIRINGS_UNREADABLE) for a damaged file. */
	static async open(file: string, now: () => number = () => performance.now()): Promise<Accounts> {
		const db = new Low(new PrivateJsonFile<Static<typeof Pairings>>(file), { v: 1, pairings: [] });
		const remedy = "Put back a backup of it, or remove it and pair every register, sensor and technician again.";
		try {
			await db.read();
		} catch (error) {
			if (!(error instanceof SyntaxError)) throw error;
			throw new PairingRefused("PAIRINGS_UNREADABLE", "", `${file} is not JSON: ${error.message}`, remedy);
		}
		for (const { instancePath, message } of pairingsValidator.Errors(db.data)) {
			throw new PairingRefused("PAIRINGS_UNREADABLE", instancePath, `${file}: ${instancePath} ${message}`, remedy);
		}
		return new Accounts(db, now);
	}

	/**
	 * Pairs a device or person and returns its credentials, the only time they can be seen. The same kind and name again
	 * gets new ones, and the old end. Throws PairingRefused.
	 */
	async pair(kind: PairingKind, name: string): Promise<Credentials> {
		this.checkName(kind, name);
		const password = makeSecret();
		const secret = await hashSecret(password);
		this.checkName(kind, name);
		const known = this.#pairings.get(name);
		const mark = this.#verified.get(name);
		this.#verified.delete(name);
		this.#pairings.set(name, { name, kind, pairedAt: new Date().toISOString(), secret });
		await this.#save(() => {
			if (known) this.#pairings.set(name, known);
			else this.#pairings.delete(name);
			if (mark) this.#verified.set(name, mark);
		});
		if (known) this.emit("replaced", name);
		return credentialsOf(name, password);
	}

	/** Throws PairingRefused where nothing of that kind can be paired under the name. */
	checkName(kind: PairingKind, name: string): void {
		if (!nameValidator.Check(name)) {
			throw new PairingRefused(
				"PAIRING_NAME_INVALID",
				"/name",
				`"${name}" is no name: lower-case letters, digits and dashes, at most 32`,
				"Choose a name such as kassa-1.",
			);
		}
		if (RESERVED.has(name) || this.#internal.has(name)) {
			const message = `${name} is a name of the hub itself`;
			throw new PairingRefused("PAIRING_NAME_TAKEN", "/name", message, "Choose another name.");
		}
		const known = this.#pairings.get(name);
		if (known && known.kind !== kind) {
			const message = `${name} is paired as ${known.kind}`;
			const remedy = `Choose another name, or revoke ${name} first.`;
			throw new PairingRefused("PAIRING_NAME_TAKEN", "/name", message, remedy);
		}
	}

	/** Ends a pairing; false where there was none. */
	async revoke(name: string): Promise<boolean> {
		const known = this.#pairings.get(name);
		if (!known) return false;
		this.#pairings.delete(name);
		this.#verified.delete(name);
		await this.#save(() => this.#pairings.set(name, known));
		this.emit("revoked", name);
		return true;
	}

	list(): { name: string; kind: PairingKind; pairedAt: string }[] {
		return [...this.#pairings.values()]
			.map(({ name, kind, pairedAt }) => ({ name, kind, pairedAt }))
			.sort((a, b) => a.name.localeCompare(b.name));
	}

	/** An account of the hub's own parts: kept in memory only, with new credentials at every start. */
	addInternal(kind: "bridge" | "relay" | "technician", name: string): Credentials {
		const password = makeSecret();
		this.#internal.set(name, { account: { name, kind }, mark: this.#mark(password) });
		return credentialsOf(name, password);
	}

	get(name: string): Account | undefined {
		const known = this.#internal.get(name)?.account ?? this.#pairings.get(name);
		return known && { name: known.name, kind: known.kind };
	}

	/** The account whose name a client id begins with, up to a dash: the longest, so kassa-1-scanner is kassa-1's, not kassa's. */
	ownerOf(clientId: string): Account | undefined {
		for (let end = clientId.length; end > 0; end = clientId.lastIndexOf("-", end - 1)) {
			const owner = this.get(clientId.slice(0, end));
			if (owner) return owner;
		}
		return undefined;
	}

	/** Who this is, or undefined: unknown, wrong, or too many failures from this address for a while. */
	async authenticate(username: string, secret: string, address = ""): Promise<Account | undefined> {
		if (secret.length > SECRET_LENGTH_MAX) return undefined;
		const mark = this.#mark(secret);
		const internal = this.#internal.get(username);
		if (internal) return timingSafeEqual(internal.mark, mark) ? internal.account : undefined;
		const verified = this.#verified.get(username);
		// Credentials that are known to be right pass even while guesses from the same address are held off.
		if (verified && timingSafeEqual(verified, mark)) return this.get(username);
		if (this.#attempts.isBlocked(address, username)) return undefined;

		const pairing = this.#pairings.get(username);
		const isRight = await this.#verify(secret, mark, pairing?.secret ?? (await this.#decoyHash()));
		// It may have been revoked or replaced meanwhile.
		if (isRight && pairing && this.#pairings.get(username) === pairing) {
			this.#verified.set(username, mark);
			return this.get(username);
		}
		this.#attempts.fail(address, username);
		return undefined;
	}

	/**
	 * Whether a secret is the one that was hashed. Hundreds of sensors of one gateway come at once when the power is back:
	 * what they all ask is worked out once, so that a register behind them need not wait for as many slow hashes.
	 */
	#verify(secret: string, mark: Buffer, hashed: string): Promise<boolean> {
		const question = `${hashed} ${mark.toString("base64")}`;
		const answering = this.#verifying.get(question);
		if (answering) return answering;
		const answer = verifySecret(secret, hashed).finally(() => this.#verifying.delete(question));
		this.#verifying.set(question, answer);
		return answer;
	}

	/** Who carries this bearer token (`username.password`), or undefined. */
	async authenticateToken(token: string, address = ""): Promise<Account | undefined> {
		const dot = token.indexOf(".");
		if (dot < 1) return undefined;
		return this.authenticate(token.slice(0, dot), token.slice(dot + 1), address);
	}

	/** What a secret for an unknown name is compared with, so that it takes as long as for a known one. */
	#decoyHash(): Promise<string> {
		this.#decoy ??= hashSecret(makeSecret());
		return this.#decoy;
	}

	#mark(secret: string): Buffer {
		return createHmac("sha256", this.#markKey).update(secret).digest();
	}

	async #save(undo: () => void): Promise<void> {
		this.#db.data.pairings = [...this.#pairings.values()];
		try {
			await this.#db.write();
		} catch (error) {
			undo();
			throw error;
		}
	}
}

const credentialsOf = (name: string, password: string): Credentials => ({
	clientId: name,
	username: name,
	password,
	token: `${name}.${password}`,
});

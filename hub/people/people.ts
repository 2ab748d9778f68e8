import { createHmac, randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import { ClientName } from "@kassahub/contracts/fields.ts";
import type { Person } from "@kassahub/contracts/person.ts";
import { Role } from "@kassahub/contracts/role.ts";
import { Low } from "lowdb";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import { PrivateJsonFile } from "../pairing/private-file.ts";
import { HASH_PATTERN, hashSecret, makeSecret, verifySecret } from "../pairing/secret.ts";
import { Waiting } from "../pairing/waiting.ts";

const Hash = Type.String({ pattern: HASH_PATTERN });

const Stored = Type.Object({
	name: ClientName,
	title: Type.String(),
	role: Role,
	addedAt: Type.String(),
	passphrase: Type.Optional(Hash),
	pin: Type.Optional(Hash),
	/** HMAC of an NFC badge's UID: who reads this file learns no badge. */
	badge: Type.Optional(Type.String({ pattern: "^[0-9a-f]{64}$" })),
});
type Stored = Static<typeof Stored>;

const File = Type.Object({
	v: Type.Literal(1),
	badgeKey: Type.String({ pattern: "^[0-9a-f]{64}$" }),
	people: Type.Array(Stored),
});
type File = Static<typeof File>;
const validator = Compile(File);

/** A change of the people that is not made, or a sign-in that is refused: why, and how long to wait. */
export class PersonRefused extends Error {
	readonly code: ErrorCode;
	readonly waitMs: number;

	constructor(code: ErrorCode, message: string, waitMs = 0) {
		super(message);
		this.name = "PersonRefused";
		this.code = code;
		this.waitMs = waitMs;
	}
}

/** What a person proves to be themselves with, where it is something they know. */
export type Knowledge = "passphrase" | "pin";
export type Secrets = { [what in Knowledge]?: string | undefined };

/**
 * The people of the shop, in a JSON file that holds only slow hashes, keyed hashes and public keys.
 * `changed`: what the person may do, or how they sign in, is another; who is signed in by that name is so no longer.
 */
export class People extends EventEmitter<{ changed: [name: string] }> {
	readonly #db: Low<File>;
	readonly #people: Map<string, Stored>;
	readonly #waiting: Waiting;
	#decoy: Promise<string> | undefined;

	private constructor(db: Low<File>, now: () => number) {
		super();
		this.#db = db;
		this.#people = new Map(db.data.people.map((person) => [person.name, person]));
		this.#waiting = new Waiting(now);
	}

	/** Opens the file, which is made at the first change. Throws PersonRefused (PEOPLE_UNREADABLE) for a damaged one. */
	static async open(file: string, now: () => number = () => performance.now()): Promise<People> {
		const db = new Low(new PrivateJsonFile<File>(file), {
			v: 1,
			badgeKey: randomBytes(32).toString("hex"),
			people: [],
		});
		try {
			await db.read();
		} catch (error) {
			if (!(error instanceof SyntaxError)) throw error;
			throw new PersonRefused("PEOPLE_UNREADABLE", `${file} is not JSON: ${error.message}`);
		}
		for (const { instancePath, message } of validator.Errors(db.data)) {
			throw new PersonRefused("PEOPLE_UNREADABLE", `${file}: ${instancePath} ${message}`);
		}
		return new People(db, now);
	}

	list(): Person[] {
		return [...this.#people.values()].map(asSeen).sort((a, b) => a.title.localeCompare(b.title));
	}

	get(name: string): Person | undefined {
		const stored = this.#people.get(name);
		return stored && asSeen(stored);
	}

	/** Adds a person together with what they sign in with: at no moment is there an owner whom nobody can be. */
	async add({ name, title, role }: Pick<Person, "name" | "title" | "role">, secrets: Secrets): Promise<Person> {
		const { passphrase, pin } = secrets;
		await this.#save({
			name,
			title,
			role,
			addedAt: new Date().toISOString(),
			...(passphrase === undefined ? {} : { passphrase: await hashSecret(passphrase) }),
			...(pin === undefined ? {} : { pin: await hashSecret(pin) }),
		});
		return asSeen(this.#known(name));
	}

	/** Adds a person, or changes what they are called and their role. Throws PersonRefused for the last owner's. */
	async put({ name, title, role }: Pick<Person, "name" | "title" | "role">): Promise<Person> {
		const known = this.#people.get(name);
		if (known?.role === "owner" && role !== "owner") this.#keepOwner(name);
		const addedAt = known?.addedAt ?? new Date().toISOString();
		await this.#save({ ...known, name, title, role, addedAt });
		return asSeen(this.#people.get(name) as Stored);
	}

	/** False where there was nobody of that name. Throws PersonRefused for the last owner. */
	async remove(name: string): Promise<boolean> {
		const known = this.#people.get(name);
		if (!known) return false;
		if (known.role === "owner") this.#keepOwner(name);
		this.#people.delete(name);
		await this.#write(() => this.#people.set(name, known));
		this.emit("changed", name);
		return true;
	}

	/** Sets or, without a secret, takes away what a person signs in with. */
	async setSecret(name: string, what: Knowledge, secret: string | undefined): Promise<void> {
		const { [what]: _, ...rest } = this.#known(name);
		await this.#save(secret === undefined ? rest : { ...rest, [what]: await hashSecret(secret) });
	}

	/** Gives a badge to one person; whoever had it has it no longer. */
	async setBadge(name: string, uid: string | undefined): Promise<void> {
		const { badge: _, ...rest } = this.#known(name);
		const badge = uid === undefined ? undefined : this.#badgeMark(uid);
		const holder = badge && [...this.#people.values()].find((person) => person.badge === badge);
		if (holder && holder.name !== name) throw new PersonRefused("BADGE_TAKEN", `${holder.title} has this badge`);
		await this.#save(badge === undefined ? rest : { ...rest, badge });
	}

	/** Whose badge this is; undefined for one that nobody has. */
	holderOfBadge(uid: string): Person | undefined {
		const mark = this.#badgeMark(uid);
		const holder = [...this.#people.values()].find((person) => person.badge === mark);
		return holder && asSeen(holder);
	}

	/**
	 * The person, where the secret is theirs. Throws PersonRefused: SIGN_IN_WRONG for an unknown name, a wrong secret or
	 * none set, which take equally long; SIGN_IN_WAIT where that was tried too often from there.
	 */
	async check(name: string, what: Knowledge, secret: string, from: string): Promise<Person> {
		const key = `${what} ${name} ${from}`;
		const restMs = this.#waiting.restMs(key);
		if (restMs > 0) throw new PersonRefused("SIGN_IN_WAIT", `wait ${Math.ceil(restMs / 1000)} s`, restMs);
		const known = this.#people.get(name);
		const isRight = await verifySecret(secret, known?.[what] ?? (await this.#decoyHash()));
		// It may have been changed or taken away meanwhile.
		if (isRight && known?.[what] !== undefined && this.#people.get(name)?.[what] === known[what]) {
			this.#waiting.succeed(key);
			return asSeen(known);
		}
		const waitMs = this.#waiting.fail(key);
		throw new PersonRefused("SIGN_IN_WRONG", `the name or the ${what} is wrong`, waitMs);
	}

	#known(name: string): Stored {
		const known = this.#people.get(name);
		if (!known) throw new PersonRefused("NOT_FOUND", `nobody is called ${name} here`);
		return known;
	}

	#keepOwner(name: string): void {
		const others = [...this.#people.values()].filter((person) => person.role === "owner" && person.name !== name);
		if (others.length === 0) throw new PersonRefused("LAST_OWNER", `${name} is the only owner`);
	}

	#badgeMark(uid: string): string {
		return createHmac("sha256", Buffer.from(this.#db.data.badgeKey, "hex")).update(uid.toLowerCase()).digest("hex");
	}

	#decoyHash(): Promise<string> {
		this.#decoy ??= hashSecret(makeSecret());
		return this.#decoy;
	}

	async #save(person: Stored): Promise<void> {
		const before = this.#people.get(person.name);
		this.#people.set(person.name, person);
		await this.#write(() => {
			if (before) this.#people.set(person.name, before);
			else this.#people.delete(person.name);
		});
		this.emit("changed", person.name);
	}

	async #write(undo: () => void): Promise<void> {
		this.#db.data.people = [...this.#people.values()];
		try {
			await this.#db.write();
		} catch (error) {
			undo();
			throw error;
		}
	}
}

const asSeen = ({ name, title, role, addedAt, passphrase, pin, badge }: Stored): Person => ({
	name,
	title,
	role,
	hasPassphrase: passphrase !== undefined,
	hasPin: pin !== undefined,
	hasBadge: badge !== undefined,
	addedAt,
});

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JournalHead } from "@kassahub/contracts/journal-head.ts";

/**
 * The hub signs the head of its journal (invariant 7). The hash chain alone can be computed anew by whoever can write
 * the file; the signature cannot. As each hash covers all before it, one seal a second seals every sale.
 */
export type Seal = { number: number; at: string; key: number; signature: Uint8Array };

const sealText = (box: string, head: JournalHead): Buffer =>
	Buffer.from(`{"box":"${box}","hash":"${head.hash}","number":${head.number},"v":1}`);

/** Signs heads with the key of this box: `journal.key`, readable by the hub only. */
export class Sealer {
	readonly #box: string;
	readonly #privateKey: KeyObject;
	readonly #key: number;
	readonly #insert: StatementSync;
	/** The last number that is sealed. */
	sealed: number;

	/** Makes the key file where there is none; a lost key leaves its old seals valid and a new one takes over. */
	constructor(database: DatabaseSync, box: string, keyFile: string) {
		this.#box = box;
		this.#privateKey = readOrMakeKey(keyFile);
		const publicKey = createPublicKey(this.#privateKey).export({ type: "spki", format: "pem" }).toString();
		const known = database.prepare("SELECT key FROM keys WHERE public = ?").get(publicKey);
		this.#key = Number(
			known?.key ?? database.prepare("INSERT INTO keys (public) VALUES (?)").run(publicKey).lastInsertRowid,
		);
		this.#insert = database.prepare("INSERT INTO seals VALUES (?, ?, ?, ?)");
		this.sealed = Number(database.prepare("SELECT max(number) AS number FROM seals").get()?.number ?? 0);
	}

	/** Writes a seal inside the caller's transaction; the caller sets `sealed` once that is committed. */
	write(head: JournalHead, at: string): void {
		this.#insert.run(head.number, at, this.#key, sign(null, sealText(this.#box, head), this.#privateKey));
	}
}

/** Checks seals against the public keys that the journal carries. */
export class SealReader {
	readonly #box: string;
	readonly #keys = new Map<number, KeyObject>();

	constructor(database: DatabaseSync, box: string) {
		this.#box = box;
		for (const row of database.prepare("SELECT key, public FROM keys").all()) {
			this.#keys.set(row.key as number, createPublicKey(row.public as string));
		}
	}

	isGenuine(seal: Seal, hash: string): boolean {
		const key = this.#keys.get(seal.key);
		return key !== undefined && verify(null, sealText(this.#box, { number: seal.number, hash }), key, seal.signature);
	}
}

function readOrMakeKey(file: string): KeyObject {
	if (existsSync(file)) return createPrivateKey(readFileSync(file));
	const { privateKey } = generateKeyPairSync("ed25519");
	writeDurably(file, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
	return privateKey;
}

// A key lost to a power cut would leave seals behind that this box cannot continue.
function writeDurably(file: string, text: string): void {
	const descriptor = openSync(file, "wx", 0o600);
	try {
		writeSync(descriptor, text);
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
	const folder = openSync(dirname(file), "r");
	try {
		fsyncSync(folder);
	} finally {
		closeSync(folder);
	}
}

import { readFileSync } from "node:fs";
import type { Lock } from "./plan.ts";

/** Shorter ones can be guessed by whoever finds the USB stick. */
const PASSPHRASE_LENGTH_MIN = 12;
const RECIPIENT = /^age1[a-z0-9]+$/;

/** What locks a backup. Throws an Error in words where it is not to be had, or too weak. */
export function readLock({ recipient, passphraseFile }: { recipient?: string; passphraseFile?: string }): Lock {
	if ((recipient === undefined) === (passphraseFile === undefined)) {
		throw new Error(
			"a backup is encrypted for a recipient (age1…) or with a passphrase from a file: name one of the two",
		);
	}
	if (recipient !== undefined) {
		if (!RECIPIENT.test(recipient)) throw new Error("a recipient begins with age1; `age-keygen` makes one");
		return { recipient };
	}
	const passphrase = readSecret(passphraseFile as string);
	if (passphrase.length < PASSPHRASE_LENGTH_MIN) {
		throw new Error(`the passphrase in ${passphraseFile} is shorter than ${PASSPHRASE_LENGTH_MIN} characters`);
	}
	return { passphrase };
}

/** A passphrase from its file, without the line end that editors put there. */
export const readSecret = (file: string): string => readFileSync(file, "utf8").replace(/\r?\n$/, "");

/** The secret key in an age identity file: lines that are no comment. */
export function readIdentity(file: string): string {
	const key = readSecret(file)
		.split("\n")
		.map((line) => line.trim())
		.find((line) => line.startsWith("AGE-SECRET-KEY-"));
	if (key === undefined) throw new Error(`${file} holds no age identity (AGE-SECRET-KEY-…)`);
	return key;
}

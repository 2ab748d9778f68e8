import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** The shared key as it is set in a terminal. */
export type TerminalKey = { passphrase: string; identifier: string; version: number };

type Material = { hmac: Buffer; cipher: Buffer; iv: Buffer };

/** A terminal derives its key once, not for each message. */
const derived = new Map<string, Material>();

/** Section B4 of the protocol sheet, step 1: 80 bytes of key, in three parts. */
export function keyMaterial(passphrase: string): Material {
	const known = derived.get(passphrase);
	if (known) return known;
	const bytes = pbkdf2Sync(passphrase, "AdyenNexoV1Salt", 4000, 80, "sha1");
	const material = { hmac: bytes.subarray(0, 32), cipher: bytes.subarray(32, 64), iv: bytes.subarray(64) };
	derived.set(passphrase, material);
	return material;
}

type Secured = {
	MessageHeader: Record<string, unknown>;
	NexoBlob: string;
	SecurityTrailer: Record<string, unknown> & { Nonce: string; Hmac: string };
};

const ivOf = (iv: Buffer, nonce: Buffer): Buffer => Buffer.from(iv.map((byte, index) => byte ^ (nonce[index] ?? 0)));

/** Steps 2 to 5: `message` is the whole of what is said, with its header inside. */
export function protect(
	message: string,
	header: Record<string, unknown>,
	key: TerminalKey,
	nonce = randomBytes(16),
): Secured {
	const { hmac, cipher, iv } = keyMaterial(key.passphrase);
	const encryption = createCipheriv("aes-256-cbc", cipher, ivOf(iv, nonce));
	return {
		MessageHeader: header,
		NexoBlob: Buffer.concat([encryption.update(message, "utf8"), encryption.final()]).toString("base64"),
		SecurityTrailer: {
			KeyVersion: key.version,
			KeyIdentifier: key.identifier,
			Hmac: createHmac("sha256", hmac).update(message, "utf8").digest("base64"),
			Nonce: nonce.toString("base64"),
			AdyenCryptoVersion: 1,
		},
	};
}

/** The message that was protected. Throws where a terminal would not take it. */
export function unprotect({ NexoBlob, SecurityTrailer }: Secured, key: TerminalKey): string {
	const { hmac, cipher, iv } = keyMaterial(key.passphrase);
	const decryption = createDecipheriv("aes-256-cbc", cipher, ivOf(iv, Buffer.from(SecurityTrailer.Nonce, "base64")));
	const bytes = Buffer.concat([decryption.update(NexoBlob, "base64"), decryption.final()]);
	if (createHmac("sha256", hmac).update(bytes).digest("base64") !== SecurityTrailer.Hmac) throw new Error("wrong HMAC");
	return bytes.toString("utf8");
}

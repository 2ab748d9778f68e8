import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

const COST = { N: 2 ** 14, r: 8, p: 1 };
const KEY_BYTES = 32;
/** scrypt takes a thread of libuv's pool of four each: one stays free for files. */
const AT_ONCE_MAX = 3;

/** A secret nobody can guess: 32 random bytes in base64url. */
export const makeSecret = (): string => randomBytes(32).toString("base64url");

let running = 0;
const waiting: (() => void)[] = [];

async function deriveKey(secret: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
	if (running >= AT_ONCE_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
	running++;
	try {
		return await new Promise((resolve, reject) => {
			// RFC 7914 §2: memory is 128 × N × r; Node refuses more than 32 MiB unless told.
			const options = { ...cost, maxmem: 256 * cost.N * cost.r };
			scrypt(secret, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
		});
	} finally {
		running--;
		waiting.shift()?.();
	}
}

/** The slow hash of a secret, with its salt and cost, as one line: `scrypt:16384:8:1:salt:key`. */
export async function hashSecret(secret: string): Promise<string> {
	const salt = randomBytes(16);
	const key = await deriveKey(secret, salt, COST);
	return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), key.toString("base64url")].join(":");
}

/** The shape of a line of `hashSecret`. */
export const HASH_PATTERN = "^scrypt:\\d{4,7}:\\d{1,2}:\\d{1,2}:[A-Za-z0-9_-]{22}:[A-Za-z0-9_-]{43}$";

/** Whether `secret` is the one that was hashed. Takes as long for a wrong secret as for the right one. */
export async function verifySecret(secret: string, hashed: string): Promise<boolean> {
	const [, N, r, p, salt, key] = hashed.split(":");
	const cost = { N: Number(N), r: Number(r), p: Number(p) };
	const derived = await deriveKey(secret, Buffer.from(salt as string, "base64url"), cost);
	return timingSafeEqual(derived, Buffer.from(key as string, "base64url"));
}

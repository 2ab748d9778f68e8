import { createPrivateKey, X509Certificate } from "node:crypto";
import { EventEmitter } from "node:events";
import { chmod, mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { KeyPair } from "./issuing.ts";
import { ownNames } from "./names.ts";

const DAY_MS = 86_400_000;
/** Apple accepts at most 825 days of an authority that a person installed; short ones are practised often. */
const VALID_DAYS = 90;
const RENEW_DAYS_BEFORE = 30;
const LOOK_EVERY_MS = 60_000;

export type CertificateOptions = {
	/** A folder that only the hub may read. */
	folder: string;
	/** What a tablet shows of the authority. */
	authorityName: string;
	clock: Clock;
	log: Logger;
	names?: () => string[];
};

/**
 * The box's authority and the certificate by which it is known, made when they are first needed and renewed by
 * themselves: before they run out, when the box gets another address, and when its clock turns out to have been wrong.
 */
export class Certificates extends EventEmitter<{ renewed: [KeyPair] }> {
	readonly #options: CertificateOptions;
	readonly #authority: KeyPair;
	#server: KeyPair;
	#timer: NodeJS.Timeout | undefined;
	#renewing: Promise<void> = Promise.resolve();

	private constructor(options: CertificateOptions, authority: KeyPair, server: KeyPair) {
		super();
		this.#options = options;
		this.#authority = authority;
		this.#server = server;
		this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
	}

	static async open(options: CertificateOptions): Promise<Certificates> {
		await mkdir(options.folder, { recursive: true, mode: 0o700 });
		await chmod(options.folder, 0o700);
		let authority = await readPair(options.folder, "authority");
		if (!authority) {
			const { makeAuthority } = await import("./issuing.ts");
			authority = await makeAuthority(options.authorityName);
			await writePair(options.folder, "authority", authority);
			options.log.info({ fingerprint: fingerprintOf(authority.certificate) }, "made an authority of its own");
		}
		const known = await readPair(options.folder, "server");
		const isGood = known && !faultOf(known, authority, options);
		const server = isGood ? known : await issue(authority, options);
		return new Certificates(options, authority, server);
	}

	/** The certificate by which the box is known now, its authority's behind it, and its key. */
	get server(): KeyPair {
		return this.#server;
	}

	/** The authority's certificate, for those who are to trust it. */
	get authority(): { pem: string; der: Buffer; fingerprint: string } {
		const { certificate } = this.#authority;
		return { pem: certificate, der: new X509Certificate(certificate).raw, fingerprint: fingerprintOf(certificate) };
	}

	get expiresAt(): Date {
		return new Date(new X509Certificate(this.#server.certificate).validTo);
	}

	/** Renews the certificate where it no longer fits. */
	look(): Promise<void> {
		this.#renewing = this.#renewing.then(async () => {
			const fault = faultOf(this.#server, this.#authority, this.#options);
			if (!fault) return;
			try {
				this.#server = await issue(this.#authority, this.#options);
				this.#options.log.info({ why: fault, until: this.expiresAt.toISOString() }, "certificate renewed");
				this.emit("renewed", this.#server);
			} catch (error) {
				this.#options.log.error({ err: error }, "the certificate could not be renewed");
			}
		});
		return this.#renewing;
	}

	close(): void {
		clearInterval(this.#timer);
	}
}

/** Why a certificate is to be made anew; undefined where it is good. */
function faultOf(server: KeyPair, authority: KeyPair, options: CertificateOptions): string | undefined {
	const certificate = new X509Certificate(server.certificate);
	if (!certificate.verify(new X509Certificate(authority.certificate).publicKey)) return "of another authority";
	if (!certificate.checkPrivateKey(createPrivateKey(server.key))) return "not that of its key";
	const now = options.clock.epochMs();
	if (Date.parse(certificate.validFrom) > now) return "not valid yet: the clock was wrong";
	if (Date.parse(certificate.validTo) - RENEW_DAYS_BEFORE * DAY_MS < now) return "runs out";
	const held = new Set(certificate.subjectAltName?.split(", ").map(bareName));
	const missing = namesOf(options).filter((name) => !held.has(name));
	return missing.length > 0 ? `does not name ${missing.join(", ")}` : undefined;
}

/** `DNS:kassahub.local`, `IP Address:0:0:0:0:0:0:0:1` as the name itself. */
function bareName(text: string): string {
	const name = text.slice(text.indexOf(":") + 1);
	return text.startsWith("IP") && name.includes(":") ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name;
}

const namesOf = ({ names = ownNames }: CertificateOptions): string[] => names();

async function issue(authority: KeyPair, options: CertificateOptions): Promise<KeyPair> {
	const { issueCertificate } = await import("./issuing.ts");
	const now = new Date(options.clock.epochMs());
	const server = await issueCertificate(authority, { names: namesOf(options), now, days: VALID_DAYS });
	await writePair(options.folder, "server", server);
	return server;
}

const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;

async function readPair(folder: string, name: string): Promise<KeyPair | undefined> {
	try {
		return {
			certificate: await readFile(join(folder, `${name}.crt`), "utf8"),
			key: await readFile(join(folder, `${name}.key`), "utf8"),
		};
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}

/** The key before its certificate: a pair that a power cut left half is made anew. */
async function writePair(folder: string, name: string, { certificate, key }: KeyPair): Promise<void> {
	await writeWhole(join(folder, `${name}.key`), key);
	await writeWhole(join(folder, `${name}.crt`), certificate);
}

async function writeWhole(file: string, text: string): Promise<void> {
	const draft = await open(`${file}.new`, "w", 0o600);
	try {
		await draft.writeFile(text);
		await draft.sync();
	} finally {
		await draft.close();
	}
	await rename(`${file}.new`, file);
}

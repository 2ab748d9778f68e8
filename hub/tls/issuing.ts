import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import "reflect-metadata";
import {
	BasicConstraintsExtension,
	ExtendedKeyUsage,
	ExtendedKeyUsageExtension,
	Extension,
	type GeneralNameType,
	KeyUsageFlags,
	KeyUsagesExtension,
	PemConverter,
	SubjectAlternativeNameExtension,
	SubjectKeyIdentifierExtension,
	X509Certificate,
	X509CertificateGenerator,
} from "@peculiar/x509";
import { NAME_CONSTRAINTS_OID, type Network, permitOnly } from "./name-constraints.ts";

/** A certificate and its private key, both in PEM. */
export type KeyPair = { certificate: string; key: string };

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;
/** A box without a battery may think that it is years ago: its authority is valid whenever that is. */
const AUTHORITY_FROM = new Date("2020-01-01T00:00:00Z");
const AUTHORITY_UNTIL = new Date("2060-01-01T00:00:00Z");

/**
 * A tablet that trusts this authority trusts it for boxes on its own network, and for nothing on the internet: even who
 * steals the box's key cannot use it against anyone's bank.
 */
const DOMAINS = ["local", "localhost"];
const NETWORKS: readonly Network[] = [
	{ address: [10, 0, 0, 0], mask: [255, 0, 0, 0] },
	{ address: [172, 16, 0, 0], mask: [255, 240, 0, 0] },
	{ address: [192, 168, 0, 0], mask: [255, 255, 0, 0] },
	{ address: [169, 254, 0, 0], mask: [255, 255, 0, 0] },
	{ address: [127, 0, 0, 0], mask: [255, 0, 0, 0] },
	{ address: [0xfc, ...zeros(15)], mask: [0xfe, ...zeros(15)] },
	{ address: [0xfe, 0x80, ...zeros(14)], mask: [0xff, 0xc0, ...zeros(14)] },
	{ address: [...zeros(15), 1], mask: Array.from({ length: 16 }, () => 255) },
];

function zeros(count: number): number[] {
	return Array.from({ length: count }, () => 0);
}

const makeKeys = (): Promise<CryptoKeyPair> =>
	crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as Promise<CryptoKeyPair>;

/** RFC 5280 §4.1.2.2: positive, and random so that no two are alike. */
const serialNumber = (): string => `01${randomBytes(15).toString("hex")}`;

async function pemOf(key: CryptoKey): Promise<string> {
	return PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

/** A new authority, which signs for the shop's own network only. `name` is what a tablet shows of it. */
export async function makeAuthority(name: string): Promise<KeyPair> {
	const keys = await makeKeys();
	const certificate = await X509CertificateGenerator.createSelfSigned({
		serialNumber: serialNumber(),
		name: [{ O: ["Kassahub"] }, { CN: [name] }],
		notBefore: AUTHORITY_FROM,
		notAfter: AUTHORITY_UNTIL,
		signingAlgorithm: ALGORITHM,
		keys,
		extensions: [
			new BasicConstraintsExtension(true, 0, true),
			new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
			await SubjectKeyIdentifierExtension.create(keys.publicKey),
			new Extension(NAME_CONSTRAINTS_OID, true, permitOnly(DOMAINS, NETWORKS)),
		],
	});
	return { certificate: certificate.toString("pem"), key: await pemOf(keys.privateKey) };
}

/** A certificate of the authority for a server that is reached by these names and addresses, from a day ago on. */
export async function issueCertificate(
	authority: KeyPair,
	{ names, now, days }: { names: readonly string[]; now: Date; days: number },
): Promise<KeyPair> {
	const issuer = new X509Certificate(authority.certificate);
	const signingKey = await crypto.subtle.importKey("pkcs8", PemConverter.decodeFirst(authority.key), ALGORITHM, false, [
		"sign",
	]);
	const keys = await makeKeys();
	const certificate = await X509CertificateGenerator.create({
		serialNumber: serialNumber(),
		// No host name: some clients hold a common name that looks like one against the authority's permitted names.
		subject: [{ O: ["Kassahub"] }, { CN: ["Kassahub box"] }],
		issuer: issuer.subject,
		// A tablet's clock may be a little behind the box's.
		notBefore: new Date(now.getTime() - DAY_MS),
		notAfter: new Date(now.getTime() + days * DAY_MS),
		signingAlgorithm: ALGORITHM,
		publicKey: keys.publicKey,
		signingKey,
		extensions: [
			new BasicConstraintsExtension(false, undefined, true),
			new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
			new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
			new SubjectAlternativeNameExtension(names.map((name) => ({ type: typeOf(name), value: name }))),
			await SubjectKeyIdentifierExtension.create(keys.publicKey),
		],
	});
	return {
		certificate: `${certificate.toString("pem")}\n${authority.certificate.trim()}\n`,
		key: await pemOf(keys.privateKey),
	};
}

const typeOf = (name: string): GeneralNameType => (isIP(name) === 0 ? "dns" : "ip");

import { execFile } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** An authority's root certificate, as a file, and the key and certificate of a device that it signed. */
export type Certificates = { caFile: string; certFile: string; key: string; cert: string };

/** Makes them with the program openssl: Node can read certificates and not make them. */
export async function makeCertificates(commonName: string): Promise<Certificates> {
	const folder = await mkdtemp(join(tmpdir(), "certificates-"));
	const file = (name: string): string => join(folder, name);
	const openssl = (...words: string[]) => run("openssl", words, { cwd: folder });
	const root = ["-subj", "/CN=Emulated root", "-keyout", file("root.key"), "-out", file("root.pem"), "-days", "3650"];
	await openssl("req", "-x509", ...NEW_KEY, ...root);
	const own = ["-subj", `/CN=${commonName}`, "-keyout", file("own.key"), "-out", file("own.csr")];
	await openssl("req", "-new", ...NEW_KEY, ...own);
	const by = ["-CA", file("root.pem"), "-CAkey", file("root.key"), "-set_serial", "2", "-days", "3650"];
	await openssl("x509", "-req", "-in", file("own.csr"), ...by, "-out", file("own.pem"));
	return {
		caFile: file("root.pem"),
		certFile: file("own.pem"),
		key: await readFile(file("own.key"), "utf8"),
		cert: await readFile(file("own.pem"), "utf8"),
	};
}

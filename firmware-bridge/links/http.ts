import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { request as requestPlain } from "node:http";
import { type RequestOptions, request as requestSecure } from "node:https";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { DeviceError, NotSentError } from "../fault.ts";
import type { HttpLink, Tap } from "./link.ts";

const CONNECT_MS = 4000;
const ANSWER_BYTES_MAX = 1_000_000;

/**
 * `caFile`: certificates in PEM, of the authority that signed the device's or the device's own; without one a device on
 * https is not spoken to. `certificateNames`: what a signed certificate may be called beside the URL's host.
 */
export type HttpAddress = { url: string; caFile?: string; certificateNames?: readonly string[] };

/** Every request has a connection of its own, so that a second one may pass while the first waits. Throws DEVICE_CONFIG_INVALID. */
export async function openHttp(address: HttpAddress, tap: Tap): Promise<HttpLink> {
	const url = new URL(address.url);
	const isSecure = url.protocol === "https:";
	const trust = isSecure ? trustOf(await readPem(address.caFile), address.certificateNames ?? []) : {};
	const closing = new AbortController();
	const { promise: gone, resolve: tellGone } = Promise.withResolvers<DeviceError>();
	return {
		isSecure,
		gone,
		post: (body, withinMs) => post(url, trust, body, withinMs, closing.signal, tap),
		async close() {
			tellGone(new DeviceError("DEVICE_UNREACHABLE", "closed"));
			closing.abort();
		},
	};
}

async function readPem(file: string | undefined): Promise<string> {
	if (file === undefined) throw new DeviceError("DEVICE_CONFIG_INVALID", "https needs the setting caFile");
	try {
		return await readFile(file, "utf8");
	} catch (error) {
		throw new DeviceError("DEVICE_CONFIG_INVALID", `caFile ${file}: ${(error as NodeJS.ErrnoException).code}`);
	}
}

function trustOf(pem: string, names: readonly string[]): RequestOptions {
	const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
	let pinned: Set<string>;
	try {
		pinned = new Set(blocks.map((block) => new X509Certificate(block).fingerprint256));
	} catch {
		pinned = new Set();
	}
	if (pinned.size === 0) throw new DeviceError("DEVICE_CONFIG_INVALID", "caFile holds no certificate (PEM)");
	return {
		ca: blocks,
		allowPartialTrustChain: true,
		checkServerIdentity: (host: string, certificate: PeerCertificate) => {
			if (pinned.has(certificate.fingerprint256)) return undefined;
			const name = certificate.subject.CN;
			if (typeof name === "string" && names.includes(name)) return undefined;
			return checkServerIdentity(host, certificate);
		},
	};
}

function post(
	url: URL,
	trust: RequestOptions,
	body: Uint8Array,
	withinMs: number,
	closing: AbortSignal,
	tap: Tap,
): Promise<Uint8Array> {
	return new Promise((resolve, reject) => {
		const isSecure = url.protocol === "https:";
		let isSent = false;
		const request = (isSecure ? requestSecure : requestPlain)(url, {
			method: "POST",
			agent: false,
			signal: closing,
			headers: { "content-type": "application/json", "content-length": body.length },
			...trust,
		});
		const failed = (reason: string): void => {
			clearTimeout(connecting);
			clearTimeout(answering);
			const words = `${reason} (${url.host})`;
			reject(isSent ? new DeviceError("DEVICE_UNREACHABLE", words) : new NotSentError("DEVICE_UNREACHABLE", words));
		};
		const giveUp = (reason: string) => (): void => void request.destroy(new Error(reason));
		const connecting = setTimeout(giveUp("no answer to the connection attempt"), CONNECT_MS);
		const answering = setTimeout(giveUp(`no answer within ${withinMs} ms`), withinMs);
		request.on("error", (error: NodeJS.ErrnoException) => failed(error.code ?? error.message));
		// Nothing of the request leaves before the other end is known to be the device's.
		request.once("socket", (socket) =>
			socket.once(isSecure ? "secureConnect" : "connect", () => {
				isSent = true;
				clearTimeout(connecting);
				tap("out", body);
			}),
		);
		request.once("response", (response) => {
			const chunks: Uint8Array[] = [];
			let length = 0;
			response.on("data", (chunk: Uint8Array) => {
				chunks.push(chunk);
				length += chunk.length;
				if (length > ANSWER_BYTES_MAX) giveUp("an answer without end")();
			});
			response.once("error", (error: NodeJS.ErrnoException) => failed(error.code ?? error.message));
			response.once("end", () => {
				clearTimeout(answering);
				const answer = Buffer.concat(chunks);
				tap("in", answer);
				if (response.statusCode === 200) resolve(answer);
				else reject(new DeviceError("DEVICE_GARBLED", `HTTP status ${response.statusCode}`));
			});
		});
		request.end(body);
	});
}

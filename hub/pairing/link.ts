import { networkInterfaces } from "node:os";
import type { Credentials, PairingKind } from "@kassahub/contracts/credentials.ts";

/** This machine's first address on the network, or the loopback where it has none. */
export const lanAddress = (): string =>
	Object.values(networkInterfaces())
		.flat()
		.find((address) => address && !address.internal && address.family === "IPv4")?.address ?? "127.0.0.1";

/**
 * The link that signs a tablet or technician in when it is opened; undefined for sensors, which open no pages.
 * The credentials stand behind the #, which browsers do not send to any server.
 */
export function pairingLink(kind: PairingKind, credentials: Credentials, httpsPort: number): string | undefined {
	if (kind === "sensor") return undefined;
	const page = kind === "register" ? "/register/" : "/";
	const secret = Buffer.from(JSON.stringify(credentials)).toString("base64url");
	return `https://${lanAddress()}:${httpsPort}${page}#pair=${secret}`;
}

import { networkInterfaces } from "node:os";
import type { Credentials, PairingKind } from "@kassahub/contracts/credentials.ts";

/** This machine's first address on the network, or the loopback where it has none. */
export const lanAddress = (): string =>
	Object.values(networkInterfaces())
		.flat()
		.find((address) => address && !address.internal && address.family === "IPv4")?.address ?? "127.0.0.1";

const pages: Partial<Record<PairingKind, string>> = { register: "/register/", technician: "/" };

/** Where a tablet opens the page of its kind, with what stands behind the #, which browsers send to no server. */
function linkTo(kind: PairingKind, httpsPort: number, fragment: string): string | undefined {
	const page = pages[kind];
	return page && `https://${lanAddress()}:${httpsPort}${page}#${fragment}`;
}

/** The link that signs a tablet or technician in when it is opened; undefined for sensors, which open no pages. */
export function pairingLink(kind: PairingKind, credentials: Credentials, httpsPort: number): string | undefined {
	return linkTo(kind, httpsPort, `pair=${Buffer.from(JSON.stringify(credentials)).toString("base64url")}`);
}

/** The link that pairs by a code when it is opened; undefined for sensors. */
export const codeLink = (kind: PairingKind, code: string, httpsPort: number): string | undefined =>
	linkTo(kind, httpsPort, `code=${code}`);

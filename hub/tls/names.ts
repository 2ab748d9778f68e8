import { BlockList } from "node:net";
import { hostname, networkInterfaces } from "node:os";

/** Networks that a shop's own router gives out: the authority signs for these alone. */
const shopNetworks = new BlockList();
shopNetworks.addSubnet("10.0.0.0", 8);
shopNetworks.addSubnet("172.16.0.0", 12);
shopNetworks.addSubnet("192.168.0.0", 16);
shopNetworks.addSubnet("169.254.0.0", 16);
shopNetworks.addSubnet("127.0.0.0", 8);
shopNetworks.addSubnet("fc00::", 7, "ipv6");

/** What this box answers to on its network by mDNS. */
export const MDNS_NAME = "kassahub.local";

/** Every name and address by which the box can be reached now, as they stand in its certificate. */
export function ownNames(interfaces = networkInterfaces(), host = hostname()): string[] {
	const addresses = Object.values(interfaces)
		.flatMap((list) => list ?? [])
		.map(({ address, family }) => ({ address, family: family === "IPv4" ? ("ipv4" as const) : ("ipv6" as const) }))
		.filter(({ address, family }) => shopNetworks.check(address, family))
		.map(({ address }) => address)
		.sort();
	const label = host.split(".")[0]?.toLowerCase() ?? "";
	const own = /^[a-z0-9][a-z0-9-]*$/.test(label) && label !== "localhost" ? [`${label}.local`] : [];
	return [...new Set([MDNS_NAME, ...own, "localhost", "127.0.0.1", "::1", ...addresses])];
}

import type { NetworkInterfaceInfo } from "node:os";

/** A network is searched as far as a /24 goes: 254 hosts. */
const PREFIX_MIN = 24;
const NETWORKS_MAX = 4;
/** Of containers, virtual machines and tunnels: no till hangs there. */
const VIRTUAL = /^(docker|br-|veth|virbr|vnet|tun|tap|wg|tailscale|zt|lxc|cni)/;

const toNumber = (address: string): number =>
	address.split(".").reduce((number, part) => number * 256 + Number(part), 0);
const toAddress = (number: number): string =>
	[24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

const isIPv4 = (text: string): boolean =>
	/^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split(".").every((part) => Number(part) <= 255);

/** An address of a shop's own network (RFC 1918) or of this box itself: the only ones that are ever contacted. */
export function isOwn(address: string): boolean {
	if (!isIPv4(address)) return false;
	const [first = 0, second = 0] = address.split(".").map(Number);
	return (
		first === 10 ||
		first === 127 ||
		(first === 172 && second >= 16 && second <= 31) ||
		(first === 192 && second === 168)
	);
}

/** Every host of a network but its first and last address; of a larger network than a /24, the /24 around the address. */
function hostsAround(address: string, prefix: number): string[] {
	const size = 2 ** (32 - Math.max(prefix, PREFIX_MIN));
	const first = Math.floor(toNumber(address) / size) * size;
	return Array.from({ length: Math.max(0, size - 2) }, (_, index) => toAddress(first + index + 1));
}

/** The other hosts of this box's own networks. */
export function ownHosts(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string[] {
	const own = Object.entries(interfaces)
		.filter(([name]) => !VIRTUAL.test(name))
		.flatMap(([, addresses = []]) => addresses)
		.filter(({ family, internal, address }) => family === "IPv4" && !internal && isOwn(address));
	const mine = new Set(own.map(({ address }) => address));
	const hosts = own
		.slice(0, NETWORKS_MAX)
		.flatMap(({ address, cidr }) => hostsAround(address, Number(cidr?.split("/")[1] ?? 32)));
	return [...new Set(hosts)].filter((host) => !mine.has(host));
}

/** The hosts of networks that were named: `192.168.1.0/24, 192.168.2.10/32`. Throws with what is wrong. */
export function namedHosts(text: string): string[] {
	const networks = text.split(",").map((part) => part.trim());
	if (networks.length > NETWORKS_MAX) throw new Error(`${networks.length} networks: ${NETWORKS_MAX} at most`);
	return networks.flatMap((network) => {
		const [address = "", digits = ""] = network.split("/");
		const prefix = /^\d{2}$/.test(digits) ? Number(digits) : Number.NaN;
		if (!isOwn(address) || !(prefix >= PREFIX_MIN && prefix <= 32)) {
			throw new Error(`${network} is no network of a shop: write one as 192.168.1.0/24, and none larger`);
		}
		return prefix === 32 ? [address] : hostsAround(address, prefix);
	});
}

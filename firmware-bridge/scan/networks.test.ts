import type { NetworkInterfaceInfo } from "node:os";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isOwn, namedHosts, ownHosts } from "./networks.ts";

const at = (cidr: string, changes: Partial<NetworkInterfaceInfo> = {}): NetworkInterfaceInfo =>
	({ address: cidr.split("/")[0], cidr, family: "IPv4", internal: false, ...changes }) as NetworkInterfaceInfo;

test.each([
	["10.0.0.1", true],
	["11.0.0.1", false],
	["127.0.0.1", true],
	["172.15.255.255", false],
	["172.16.0.1", true],
	["172.31.255.255", true],
	["172.32.0.1", false],
	["192.168.0.1", true],
	["192.169.0.1", false],
	["192.168.0.256", false],
	["192.168.0", false],
	["::1", false],
	["printer", false],
])("%s is an address of a shop's own network: %s (RFC 1918)", (address, own) => expect(isOwn(address)).toBe(own));

test("the hosts of the box's own /24, without the box itself", () => {
	const hosts = ownHosts({ eth0: [at("192.168.1.20/24")], lo: [at("127.0.0.1/8", { internal: true })] });
	expect(hosts).toHaveLength(253);
	expect([hosts[0], hosts.at(-1)]).toEqual(["192.168.1.1", "192.168.1.254"]);
	expect(hosts).not.toContain("192.168.1.20");
});

test("of a larger network no more than the /24 around the box, of a smaller one no more than it has", () => {
	const large = ownHosts({ eth0: [at("10.1.2.3/8")] });
	expect([large.length, large[0], large.at(-1)]).toEqual([253, "10.1.2.1", "10.1.2.254"]);
	expect(ownHosts({ eth0: [at("192.168.1.9/29")] })).toEqual([
		"192.168.1.10",
		"192.168.1.11",
		"192.168.1.12",
		"192.168.1.13",
		"192.168.1.14",
	]);
	expect(ownHosts({ eth0: [at("192.168.1.9/32")] })).toEqual([]);
});

test("addresses of the internet, of containers and of tunnels are left alone", () => {
	expect(ownHosts({ eth0: [at("192.0.2.2/24")], ppp0: [at("84.22.1.1/24")] })).toEqual([]);
	expect(
		ownHosts({ docker0: [at("172.17.0.1/16")], "br-1a2b": [at("172.18.0.1/16")], wg0: [at("10.8.0.2/24")] }),
	).toEqual([]);
	expect(ownHosts({ eth0: [at("fd00::2/64", { family: "IPv6" })] })).toEqual([]);
});

test("whatever the box's addresses, only own ones are searched, and no more than four networks of them", () => {
	const octet = fc.integer({ min: 0, max: 255 });
	const address = fc.tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 32 }));
	fc.assert(
		fc.property(fc.array(address, { maxLength: 8 }), (addresses) => {
			const interfaces = Object.fromEntries(
				addresses.map(([a, b, c, d, prefix], index) => [`eth${index}`, [at(`${a}.${b}.${c}.${d}/${prefix}`)]]),
			);
			const hosts = ownHosts(interfaces);
			expect(hosts.length).toBeLessThanOrEqual(4 * 254);
			for (const host of hosts) expect(isOwn(host)).toBe(true);
		}),
	);
});

test("networks can be named instead, own ones only", () => {
	expect(namedHosts("127.0.0.8/30")).toEqual(["127.0.0.9", "127.0.0.10"]);
	expect(namedHosts("192.168.1.10/32, 192.168.2.20/32")).toEqual(["192.168.1.10", "192.168.2.20"]);
	for (const wrong of [
		"8.8.8.0/24",
		"192.168.1.0",
		"192.168.0.0/16",
		"192.168.1.0/33",
		"kantoor",
		"",
		"10.0.0.999/24",
	]) {
		expect(() => namedHosts(wrong)).toThrow(/192\.168\.1\.0\/24/);
	}
});

/** X.509 name constraints (RFC 5280 §4.2.1.10): the names that certificates of an authority may bear, and no others. */
export const NAME_CONSTRAINTS_OID = "2.5.29.30";

/** An IPv4 or IPv6 network as address and mask bytes. */
export type Network = { address: readonly number[]; mask: readonly number[] };

const [SEQUENCE, PERMITTED, DNS_NAME, IP_ADDRESS] = [0x30, 0xa0, 0x82, 0x87] as const;

/** The extension's value in DER: only these domains, with all below them, and these networks. */
export function permitOnly(domains: readonly string[], networks: readonly Network[]): Uint8Array<ArrayBuffer> {
	const names = [
		...domains.map((domain) => der(DNS_NAME, Buffer.from(domain, "ascii"))),
		...networks.map(({ address, mask }) => der(IP_ADDRESS, Uint8Array.from([...address, ...mask]))),
	];
	return Uint8Array.from(der(SEQUENCE, der(PERMITTED, Buffer.concat(names.map((name) => der(SEQUENCE, name))))));
}

/** One value, tag and length in front (X.690 §8.1.3). */
function der(tag: number, content: Uint8Array): Uint8Array {
	const { length } = content;
	const head =
		length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
	return Buffer.concat([Uint8Array.from(head), content]);
}

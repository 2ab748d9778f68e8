/** Addresses of programs on the box itself; all of 127.0.0.0/8 is its own (RFC 6890 §2.2.2). */
export const isLoopback = (address: string): boolean =>
	address === "::1" || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);

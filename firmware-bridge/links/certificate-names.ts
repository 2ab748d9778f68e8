/**
 * The names that the certificate of an Adyen terminal may bear (sheet B1): its own, or that of terminals from before
 * each had one. They lead nowhere in the DNS, so that they are no host name of the link's URL.
 */
export const terminalCertificateNames = (poiId: string): string[] =>
	[poiId, "legacy-terminal-certificate"].flatMap((name) => [
		`${name}.live.terminal.adyen.com`,
		`${name}.test.terminal.adyen.com`,
	]);

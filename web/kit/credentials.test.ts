import { expect, test } from "vitest";
import { pairingFragment, readCredentials } from "./credentials.ts";

const credentials = { clientId: "kassa-1", username: "kassa-1", password: "p_-w", token: "kassa-1.p_-w" };

test("a pairing link gives back the credentials it was made of", () => {
	expect(readCredentials(`https://hub.local/register/${pairingFragment(credentials)}`)).toEqual(credentials);
});

test("a pairing fragment needs no escaping in an address", () => {
	expect(pairingFragment({ ...credentials, password: "???>>>" })).toMatch(/^#pair=[A-Za-z0-9_-]+$/);
});

test("the JSON that the command prints can be pasted with white space around it", () => {
	expect(readCredentials(`\n${JSON.stringify(credentials, null, 2)}\n`)).toEqual(credentials);
});

test.each([["hello"], ["{}"], ["null"], ["{not json"], ["#pair=%%%"], [JSON.stringify({ ...credentials, token: "" })]])(
	"what is no pairing code is refused: %s",
	(text) => {
		expect(readCredentials(text)).toBeUndefined();
	},
);

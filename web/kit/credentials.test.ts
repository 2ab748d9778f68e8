import { expect, test } from "vitest";
import { readCredentials } from "./credentials.ts";

const credentials = { clientId: "kassa-1", username: "kassa-1", password: "p_-w", token: "kassa-1.p_-w" };

/** As `kassahub pair` writes it. */
const fragmentOf = (value: object): string => `#pair=${Buffer.from(JSON.stringify(value)).toString("base64url")}`;

test("a pairing link gives back the credentials it was made of", () => {
	expect(readCredentials(`https://hub.local/register/${fragmentOf(credentials)}`)).toEqual(credentials);
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

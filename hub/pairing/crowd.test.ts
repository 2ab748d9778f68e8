import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { Accounts } from "./accounts.ts";
import { verifySecret } from "./secret.ts";

vi.mock("./secret.ts", async (importOriginal) => {
	const original = await importOriginal<typeof import("./secret.ts")>();
	return { ...original, verifySecret: vi.fn(original.verifySecret) };
});

test("hundreds who come at once with the same credentials cost one slow hash, and each wrong one its own", async () => {
	const accounts = await Accounts.open(join(mkdtempSync(join(tmpdir(), "crowd-")), "pairings.json"));
	const { username, password } = await accounts.pair("sensor", "schappen");
	const logins = Array.from({ length: 300 }, () => accounts.authenticate(username, password));
	const wrong = accounts.authenticate(username, `${password}x`);
	expect(await Promise.all(logins)).toEqual(logins.map(() => ({ name: "schappen", kind: "sensor" })));
	expect(await wrong).toBeUndefined();
	expect(verifySecret).toHaveBeenCalledTimes(2);
	expect(await accounts.authenticate(username, password)).toMatchObject({ name: "schappen" });
	expect(verifySecret).toHaveBeenCalledTimes(2);
});

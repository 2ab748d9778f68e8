import { mkdir, mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Accounts } from "./accounts.ts";

const newFile = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), "kassahub-")), "pairings.json");

test("a paired register logs in with its password and with its token, also after a restart", async () => {
	const file = await newFile();
	const { username, password, token } = await (await Accounts.open(file)).pair("register", "kassa-1");
	const accounts = await Accounts.open(file);
	expect(await accounts.authenticate(username, password)).toEqual({ name: "kassa-1", kind: "register" });
	expect(await accounts.authenticateToken(token)).toEqual({ name: "kassa-1", kind: "register" });
});

test("a wrong secret, an unknown name and half a token are nobody", async () => {
	const accounts = await Accounts.open(await newFile());
	const { password } = await accounts.pair("register", "kassa-1");
	await accounts.pair("register", "kassa-2");
	expect(await accounts.authenticate("kassa-1", `${password}x`)).toBeUndefined();
	expect(await accounts.authenticate("kassa-2", password)).toBeUndefined();
	expect(await accounts.authenticate("nobody", password)).toBeUndefined();
	expect(await accounts.authenticateToken("kassa-1")).toBeUndefined();
	expect(await accounts.authenticateToken(`.${password}`)).toBeUndefined();
});

test("the file is its owner's alone and holds no secret", async () => {
	const file = await newFile();
	const accounts = await Accounts.open(file);
	const first = await accounts.pair("register", "kassa-1");
	const second = await accounts.pair("technician", "jan");
	const text = await readFile(file, "utf8");
	expect((await stat(file)).mode & 0o777).toBe(0o600);
	expect(text).toContain("scrypt:16384:8:1:");
	for (const { password } of [first, second]) expect(text).not.toContain(password);
});

test("pairing anew replaces the secret and says so", async () => {
	const accounts = await Accounts.open(await newFile());
	const replaced: string[] = [];
	accounts.on("replaced", (name) => replaced.push(name));
	const before = await accounts.pair("register", "kassa-1");
	expect(await accounts.authenticate("kassa-1", before.password)).toBeDefined();
	const after = await accounts.pair("register", "kassa-1");
	expect(await accounts.authenticate("kassa-1", before.password)).toBeUndefined();
	expect(await accounts.authenticate("kassa-1", after.password)).toBeDefined();
	expect(replaced).toEqual(["kassa-1"]);
});

test("a revoked account is refused at once, and after a restart", async () => {
	const file = await newFile();
	const accounts = await Accounts.open(file);
	const revoked: string[] = [];
	accounts.on("revoked", (name) => revoked.push(name));
	const { password } = await accounts.pair("register", "kassa-1");
	expect(await accounts.authenticate("kassa-1", password)).toBeDefined();
	expect(await accounts.revoke("kassa-1")).toBe(true);
	expect(await accounts.authenticate("kassa-1", password)).toBeUndefined();
	expect(await (await Accounts.open(file)).authenticate("kassa-1", password)).toBeUndefined();
	expect(await accounts.revoke("kassa-1")).toBe(false);
	expect(revoked).toEqual(["kassa-1"]);
});

test("a login that is being checked while its secret is replaced leaves the old one no way in", async () => {
	const file = await newFile();
	const { password } = await (await Accounts.open(file)).pair("register", "kassa-1");
	const accounts = await Accounts.open(file);
	const replaced = accounts.pair("register", "kassa-1");
	const underWay = accounts.authenticate("kassa-1", password);
	await Promise.all([replaced, underWay]);
	expect(await accounts.authenticate("kassa-1", password)).toBeUndefined();
});

test.each([
	["Kassa 1", "PAIRING_NAME_INVALID"],
	["", "PAIRING_NAME_INVALID"],
	["kassa/1", "PAIRING_NAME_INVALID"],
	["a".repeat(33), "PAIRING_NAME_INVALID"],
	["hub", "PAIRING_NAME_TAKEN"],
	["bridge", "PAIRING_NAME_TAKEN"],
	["relay", "PAIRING_NAME_TAKEN"],
	["jan", "PAIRING_NAME_TAKEN"],
])("the name %j is refused with its field and remedy", async (name, code) => {
	const accounts = await Accounts.open(await newFile());
	await accounts.pair("technician", "jan");
	await expect(accounts.pair("register", name)).rejects.toMatchObject({
		code,
		field: "/name",
		remedy: expect.stringMatching(/name/),
	});
	expect(accounts.list().map((pairing) => pairing.name)).toEqual(["jan"]);
});

test("two kinds cannot take one name at the same moment", async () => {
	const accounts = await Accounts.open(await newFile());
	const pairings = await Promise.allSettled([accounts.pair("register", "voor"), accounts.pair("sensor", "voor")]);
	expect(pairings.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("an internal account is known only while this process runs", async () => {
	const file = await newFile();
	const accounts = await Accounts.open(file);
	const { password, token } = accounts.addInternal("bridge", "bridge");
	expect(await accounts.authenticateToken(token)).toEqual({ name: "bridge", kind: "bridge" });
	expect(await accounts.authenticate("bridge", `${password}x`)).toBeUndefined();
	expect(await (await Accounts.open(file)).authenticateToken(token)).toBeUndefined();
	expect(accounts.list()).toEqual([]);
});

test("a client id belongs to the longest account name it begins with", async () => {
	const accounts = await Accounts.open(await newFile());
	await accounts.pair("register", "kassa");
	await accounts.pair("register", "kassa-1");
	const ownerOf = (clientId: string) => accounts.ownerOf(clientId)?.name;
	expect(ownerOf("kassa")).toBe("kassa");
	expect(ownerOf("kassa-2")).toBe("kassa");
	expect(ownerOf("kassa-1")).toBe("kassa-1");
	expect(ownerOf("kassa-1-tablet")).toBe("kassa-1");
	expect(ownerOf("kassa1")).toBeUndefined();
	expect(ownerOf("mqttjs_ab12")).toBeUndefined();
	expect(ownerOf("")).toBeUndefined();
	expect(ownerOf("-")).toBeUndefined();
});

test("guessing is held off for that name from that address alone, and not for ever", async () => {
	let now = 0;
	const file = await newFile();
	const { password } = await (await Accounts.open(file)).pair("register", "kassa-1");
	const accounts = await Accounts.open(file, () => now);
	await accounts.pair("register", "kassa-2");
	for (let guess = 0; guess < 10; guess++) await accounts.authenticate("kassa-1", `guess-${guess}`, "10.0.0.66");
	expect(await accounts.authenticate("kassa-1", password, "10.0.0.66")).toBeUndefined();
	now += 30_001;
	expect(await accounts.authenticate("kassa-1", password, "10.0.0.66")).toBeDefined();
});

test("guesses lock out neither another address nor credentials known to be right", async () => {
	const accounts = await Accounts.open(await newFile());
	const known = await accounts.pair("register", "kassa-1");
	const other = await accounts.pair("register", "kassa-2");
	expect(await accounts.authenticate("kassa-1", known.password, "10.0.0.66")).toBeDefined();
	for (let guess = 0; guess < 10; guess++) {
		await accounts.authenticate("kassa-1", "guess", "10.0.0.66");
		await accounts.authenticate("kassa-2", "guess", "10.0.0.66");
	}
	expect(await accounts.authenticate("kassa-2", other.password, "10.0.0.66")).toBeUndefined();
	expect(await accounts.authenticate("kassa-2", other.password, "10.0.0.7")).toBeDefined();
	expect(await accounts.authenticate("kassa-1", known.password, "10.0.0.66")).toBeDefined();
});

test.each(["{", "[]", '{"v":1,"pairings":[{"name":"kassa-1"}]}', '{"v":2,"pairings":[]}'])(
	"a damaged registry (%s) is refused with a remedy, not taken for an empty one",
	async (text) => {
		const file = await newFile();
		await writeFile(file, text);
		await expect(Accounts.open(file)).rejects.toMatchObject({
			code: "PAIRINGS_UNREADABLE",
			remedy: expect.any(String),
		});
	},
);

test("a pairing that could not be stored is not made", async () => {
	const file = await newFile();
	const accounts = await Accounts.open(file);
	await mkdir(file);
	await expect(accounts.pair("register", "kassa-1")).rejects.toThrow();
	expect(accounts.get("kassa-1")).toBeUndefined();
});

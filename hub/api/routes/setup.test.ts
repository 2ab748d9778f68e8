import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "@kassahub/contracts/config-file.ts";
import { nameFrom } from "@kassahub/contracts/person-name.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ClaimWindow } from "../../people/claim.ts";
import { signInAs } from "../sign-in.testing.ts";
import { openTryShop, type TryShop } from "../try-shop.ts";

let shop: TryShop;
beforeEach(async () => {
	shop = await openTryShop();
});
afterEach(() => shop[Symbol.asyncDispose]());

const claim = {
	shopName: "Kaashuis De Brink",
	language: "en",
	owner: { title: "Anja de Wit", passphrase: "een kaas per dag houdt de dokter weg", pin: "4711" },
};
const post = (payload: object) =>
	shop.app.inject({ method: "POST", url: "/api/v1/setup", payload, remoteAddress: "10.0.0.9" });
const configNow = () => readConfig(readFileSync(join(shop.dataDir, "devices.yaml"), "utf8")).config;

test("a box that nobody owns is claimed from a phone, names the shop, and signs its owner in", async () => {
	const open = await shop.app.inject({ url: "/api/v1/setup", remoteAddress: "10.0.0.9" });
	expect(open.json()).toMatchObject({ isOpen: true, isClaimed: false });
	const answer = await post(claim);
	expect(answer.json()).toMatchObject({ name: "anja-de-wit", title: "Anja de Wit", role: "owner" });
	const [cookie] = answer.cookies;
	const headers = { cookie: `${cookie?.name}=${cookie?.value}` };
	expect((await shop.app.inject({ url: "/api/v1/people", headers })).json()).toMatchObject([{ hasPin: true }]);
	expect(configNow().shop).toMatchObject({ name: "Kaashuis De Brink", language: "en" });
});

test("a box has one first owner: whoever comes second is told so, also at the same moment", async () => {
	const answers = await Promise.all([post(claim), post({ ...claim, owner: { ...claim.owner, title: "Zeger" } })]);
	expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
	expect((await post(claim)).json().code).toBe("SETUP_CLOSED");
	expect(shop.people.list()).toHaveLength(1);
});

test("a box waits half an hour for its owner, and no longer", () => {
	let now = 0;
	const window = new ClaimWindow(shop.people, () => now);
	now = 30 * 60_000 - 1;
	expect(window.isOpen).toBe(true);
	now++;
	expect(window.isOpen).toBe(false);
});

test("a weak passphrase or a shop without a name is refused by its field, and the box still waits", async () => {
	const weak = await post({ ...claim, owner: { ...claim.owner, passphrase: "kaas" } });
	expect([weak.statusCode, weak.json().reasons[0].field]).toEqual([400, "/owner/passphrase"]);
	expect((await post({ ...claim, shopName: "" })).statusCode).toBe(400);
	expect((await shop.app.inject({ url: "/api/v1/setup" })).json()).toMatchObject({ isOpen: true });
});

test("names are made of what people are called, whatever that is", () => {
	expect(["Anja de Wit", "Zoë", "  ", "李", "Jan-Willem van den Heuvel-Rijnders tot Zutphen"].map(nameFrom)).toEqual([
		"anja-de-wit",
		"zoe",
		"eigenaar",
		"eigenaar",
		"jan-willem-van-den-heuvel-rijnde",
	]);
});

test("a device is added, replaced and taken away from the console, and mistakes are refused in words", async () => {
	const headers = await signInAs(shop, "technician");
	const ask = (method: "GET" | "PUT" | "DELETE", url: string, payload?: object) =>
		shop.app.inject({ method, url: `/api/v1${url}`, headers, ...(payload ? { payload } : {}) });
	const printer = { driver: "escpos", link: "tcp://192.168.1.51:9100" };
	expect((await ask("PUT", "/config/devices/bonprinter", printer)).statusCode).toBe(204);
	expect(configNow().devices?.bonprinter).toEqual(printer);
	expect((await ask("PUT", "/config/devices/bonprinter", { ...printer, link: "ftp://x" })).statusCode).toBe(400);
	expect((await ask("PUT", "/config/devices/bridge", printer)).json()).toMatchObject({ code: "CONFIG_INVALID" });
	expect((await ask("DELETE", "/config/devices/bonprinter")).statusCode).toBe(204);
	expect((await ask("DELETE", "/config/devices/bonprinter")).json().code).toBe("DEVICE_UNKNOWN");
	expect(configNow().devices).not.toHaveProperty("bonprinter");
});

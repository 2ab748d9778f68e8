import { expect, test } from "vitest";
import { readSettings, serves } from "./config.ts";

test("a port that is none is refused by the name of its variable", () => {
	expect(() => readSettings({ KASSAHUB_HTTP_PORT: "http" })).toThrow("KASSAHUB_HTTP_PORT");
});

test("a file that is not there is refused with what to do", () => {
	expect(() => readSettings({ KASSAHUB_CONFIG: "/nowhere/devices.yaml" })).toThrow(/set KASSAHUB_CONFIG/);
});

test("a device without a list of registers serves them all", () => {
	const device = { driver: "escpos", link: "tcp://127.0.0.1" };
	expect(serves(device, "kassa-1")).toBe(true);
	expect(serves({ ...device, registers: ["kassa-1"] }, "kassa-1")).toBe(true);
	expect(serves({ ...device, registers: ["kassa-1"] }, "kassa-2")).toBe(false);
});

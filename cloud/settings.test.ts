import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

const enough = { KASSAHUB_CLOUD_PASSWORD: "secret" };

test("the office is on loopback unless told otherwise", () => {
	expect(readSettings(enough)).toMatchObject({ host: "127.0.0.1", port: 8090, token: undefined });
});

test("it opens to others only with a token that cannot be guessed", () => {
	const open = { ...enough, KASSAHUB_OFFICE_HOST: "0.0.0.0" };
	expect(() => readSettings(open)).toThrow("KASSAHUB_OFFICE_TOKEN");
	expect(() => readSettings({ ...open, KASSAHUB_OFFICE_TOKEN: "short" })).toThrow("guessed");
	expect(readSettings({ ...open, KASSAHUB_OFFICE_TOKEN: "a".repeat(32) }).host).toBe("0.0.0.0");
});

test("its own broker is never without a password, an existing one may be", () => {
	expect(() => readSettings({})).toThrow("KASSAHUB_CLOUD_PASSWORD");
	expect(readSettings({ KASSAHUB_CLOUD_MQTT_URL: "mqtt://broker" }).brokerUrl).toBe("mqtt://broker");
});

test("a port that is none is refused by name", () => {
	expect(() => readSettings({ ...enough, KASSAHUB_OFFICE_PORT: "http" })).toThrow("KASSAHUB_OFFICE_PORT");
});

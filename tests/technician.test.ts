import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import { Trace } from "@kassahub/contracts/trace.ts";
import { Value } from "typebox/value";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ScaleOnCable, startScale } from "../firmware-bridge/emulators/scale-on-cable.ts";
import { nowhere, Shop, until } from "./shop.ts";

let shop: Shop;
let scale: ScaleOnCable<"toledo8217">;

beforeAll(async () => {
	shop = await Shop.create({ cloud: await nowhere() });
	scale = await startScale({ path: join(shop.folder, "scale"), kind: "toledo8217" });
	shop.addDevices({
		weegschaal: { driver: "toledo8217", link: `serial://${scale.path}`, settings: { pollMs: 50 } },
	});
	await shop.start();
	await until("the scale to be on line", async () => (await stateOf("weegschaal"))?.state === "online" || undefined);
});

afterAll(async () => {
	await shop[Symbol.asyncDispose]();
	await scale.close();
});

const stateOf = async (device: string): Promise<DeviceState | undefined> =>
	(JSON.parse(await shop.cli("devices")) as DeviceState[]).find((state) => state.device === device);

test("a technician tests a device from the command line", async () => {
	const good = JSON.parse(await shop.cli("devices", "test", "weegschaal")) as Result;
	expect(good).toMatchObject({ device: "weegschaal", action: "self-test", status: "done" });
	scale.set({ testFailures: 0x10 });
	await expect(shop.cli("devices", "test", "weegschaal")).rejects.toThrow(/SCALE_DEFECT/);
	await expect(shop.cli("devices", "test", "nergens")).rejects.toThrow(/DEVICE_UNKNOWN/);
	scale.set({ testFailures: 0 });
});

test("a technician follows the frames of a device live, explained, after those that were recorded", async () => {
	const command = [join(import.meta.dirname, "../hub/cli/main.ts"), "devices", "trace", "weegschaal"];
	const follower = spawn(process.execPath, command, {
		env: { ...process.env, ...shop.environment },
		stdio: ["ignore", "pipe", "inherit"],
	});
	const traces: Trace[] = [];
	const isThere = async (isWanted: (trace: Trace) => boolean): Promise<void> => {
		for await (const line of createInterface(follower.stdout)) {
			traces.push(Value.Parse(Trace, JSON.parse(line)));
			if (traces.some(isWanted)) return;
		}
	};
	scale.set({ grams: 456 });
	await isThere(({ explained }) => explained?.grams === 456);
	expect(traces.some(({ explained }) => explained?.question === "weigh")).toBe(true);
	follower.kill();
	await once(follower, "close");
});

test("a frame is explained on the command line without a hub, and what is none is refused", async () => {
	expect(JSON.parse(await shop.cli("decode", "toledo8217", "0230302e3435360d"))).toMatchObject({ grams: 456 });
	await expect(shop.cli("decode", "toledo8217", "00ff")).rejects.toThrow(/ended with 1/);
});

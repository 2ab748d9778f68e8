import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as rest } from "node:timers/promises";
import { SerialPort } from "serialport";
import { connect } from "../../firmware-bridge/drivers/connected.testing.ts";
import { toledo8217 } from "../../firmware-bridge/drivers/scales/toledo8217.ts";
import { EmulatedToledo8217 } from "../../firmware-bridge/emulators/toledo8217.ts";
import type { SerialSettings } from "../../firmware-bridge/links/link.ts";
import { openSerial } from "../../firmware-bridge/links/serial.ts";
import { check, until } from "./checks.ts";
import { Gadget } from "./gadget.ts";

const words = { manufacturer: "Mettler-Toledo", product: "Ariva-S", serialNumber: "SC42" };
const settings = { pollMs: 100, answerMs: 1000 };
const BY_ID = "/dev/serial/by-id";

/** A scale on the gadget's end of a USB serial port; an own program might as well sit there. */
class ScaleInKernel {
	readonly gadget = new Gadget("acm", [0x0eb8, 0x2200], words);
	readonly scale = new EmulatedToledo8217((bytes) => this.#port?.write(Buffer.from(bytes)));
	#port: SerialPort | undefined;

	/** The plug is in, and nobody reads what the hub sends. */
	async plugInDeaf(): Promise<void> {
		this.gadget.plugIn();
		await until(() => existsSync("/dev/ttyGS0") && existsSync("/dev/ttyACM0"));
	}

	async plugIn(): Promise<void> {
		await this.plugInDeaf();
		const port = new SerialPort({ path: "/dev/ttyGS0", baudRate: 9600, lock: false });
		port.on("data", (bytes: Uint8Array) => this.scale.receive(bytes));
		port.on("error", () => undefined);
		this.#port = port;
	}

	async unplug(): Promise<void> {
		const port = this.#port;
		this.#port = undefined;
		if (port?.isOpen) await new Promise<void>((resolve) => port.close(() => resolve()));
		this.gadget.unplug();
	}
}

export async function checkScale(): Promise<void> {
	const device = new ScaleInKernel();
	const { scale } = device;
	let path = "";
	await check("a scale on a USB serial port gets a name of its own under /dev/serial/by-id", async () => {
		await device.plugIn();
		const name = await until(() => existsSync(BY_ID) && readdirSync(BY_ID).find((link) => link.includes("SC42")));
		path = `${BY_ID}/${name}`;
		return name;
	});
	await check("serialport lists it with its maker, product and serial number", async () => {
		const found = (await SerialPort.list()).find((port) => port.path === "/dev/ttyACM0");
		assert.deepEqual(
			{ vendor: found?.vendorId, product: found?.productId, serial: found?.serialNumber },
			{ vendor: "0eb8", product: "2200", serial: "SC42" },
		);
	});

	let connected = await connect(toledo8217, `serial://${path}`, settings);
	await check("7E1 is what the port is really set to", async () => {
		const flags = execFileSync("stty", ["-aF", "/dev/ttyACM0"])
			.toString()
			.match(/speed \d+|-?\b(parenb|parodd|cstopb|cs\d)\b/g);
		assert.deepEqual(flags, ["speed 9600", "parenb", "-parodd", "cs7", "-cstopb"]);
	});
	await check("nobody else can open it meanwhile", () =>
		assert.rejects(connect(toledo8217, "serial:///dev/ttyACM0", settings), { code: "DEVICE_UNREACHABLE" }),
	);
	await check("it weighs, and a weight in motion is never offered", async () => {
		scale.set({ grams: 456 });
		await connected.witness.untilWeight((weight) => weight.state === "stable" && weight.grams === 456);
		scale.set({ grams: 789, isMoving: true });
		await connected.witness.untilWeight((weight) => weight.state === "moving");
		scale.set({ isMoving: false });
		await connected.witness.untilWeight((weight) => weight.state === "stable" && weight.grams === 789);
	});
	await check("the plug pulled: the weight is taken back and the link is gone", async () => {
		await device.unplug();
		const reason = await connected.link.gone;
		assert.equal(reason.code, "DEVICE_UNREACHABLE");
		await connected.watching;
		assert.deepEqual(connected.witness.weights.at(-1), { state: "unknown" });
		await connected.link.close();
		return reason.detail;
	});
	await check("plugged in again, under the same name, it weighs", async () => {
		await device.plugIn();
		connected = await until(() => connect(toledo8217, `serial://${path}`, settings).catch(() => undefined));
		await connected.witness.untilWeight((weight) => weight.state === "stable" && weight.grams === 789);
	});
	await connected.link.close();
	await device.unplug();
	await check("a port whose device takes nothing is given up soon", async () => {
		await device.plugInDeaf();
		const line: SerialSettings = { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1, flow: "software" };
		const link = await until(() => openSerial("/dev/ttyACM0", line, () => undefined).catch(() => undefined));
		const writing = link.write(new Uint8Array(1_000_000));
		writing.catch(() => undefined);
		await rest(500);
		const startedAt = performance.now();
		await link.close();
		const ms = Math.round(performance.now() - startedAt);
		await assert.rejects(writing, { code: "DEVICE_UNREACHABLE" });
		assert.ok(ms < 5000, `after ${ms} ms`);
		return `after ${ms} ms`;
	});
	await device.unplug();
}

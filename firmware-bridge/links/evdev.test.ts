import { expect, test } from "vitest";
import { plugInInputDevice } from "../emulators/input-device.ts";
import { openEvdev } from "./evdev.ts";

const deaf = (): void => undefined;

test("takes the device for itself, hands on its bytes, and is gone when it is unplugged", async () => {
	const device = plugInInputDevice();
	const heard: Uint8Array[] = [];
	const link = await openEvdev({ path: device.path }, (direction, bytes) => {
		if (direction === "in") heard.push(bytes);
	});
	expect(device.ioctls).toEqual(["40044590 1", "400445a0 01000000"]);
	const received = new Promise<string>((resolve) =>
		link.listen((bytes) => resolve(Buffer.from(bytes).toString("hex"))),
	);
	device.send(Uint8Array.of(1, 2, 3));
	expect(await received).toBe("010203");
	expect(Buffer.concat(heard).toString("hex")).toBe("010203");
	device.unplug();
	expect(await link.gone).toMatchObject({ code: "DEVICE_UNREACHABLE" });
	await link.close();
});

test("a device that can't be had alone is a fault, never a scanner that also types into a console", async () => {
	// A file that knows no EVIOCGRAB answers as a device does that another program holds.
	await expect(openEvdev({ path: "/dev/null" }, deaf)).rejects.toMatchObject({
		code: "SCANNER_NOT_GRABBED",
		detail: expect.stringContaining("/dev/null"),
	});
});

test("a device that isn't there is out of reach, with the reason", async () => {
	await expect(openEvdev({ path: "/dev/input/by-id/no-such-event-kbd" }, deaf)).rejects.toMatchObject({
		code: "DEVICE_UNREACHABLE",
		detail: expect.stringContaining("No such file"),
	});
});

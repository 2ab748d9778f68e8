import { createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { openLink, parseLink } from "./address.ts";
import type { Link } from "./link.ts";

const untapped = { tap: () => undefined, broker: undefined };
const defaults = {
	speaks: "bytes",
	schemes: ["tcp", "serial", "usb"],
	serial: { baudRate: 9600, dataBits: 7, parity: "even", stopBits: 1 },
	tcpPort: 9100,
} as const;

test("a link's URL overrides its driver's settings one by one", () => {
	expect(parseLink("tcp://192.168.1.50", defaults)).toEqual({ kind: "tcp", host: "192.168.1.50", port: 9100 });
	expect(parseLink("tcp://[::1]:4001", defaults)).toEqual({ kind: "tcp", host: "::1", port: 4001 });
	expect(parseLink("serial:///dev/ttyUSB0?baud=19200&parity=none&bits=8", defaults)).toEqual({
		kind: "serial",
		path: "/dev/ttyUSB0",
		settings: { baudRate: 19_200, dataBits: 8, parity: "none", stopBits: 1 },
	});
	expect(parseLink("serial:///dev/ttyS0?flow=software", defaults)).toMatchObject({ settings: { flow: "software" } });
});

test("a USB link names vendor and product in hexadecimal, zeros and all, and a serial number where it matters", () => {
	const epson = { vendorId: 0x04b8, productId: 0x0202 };
	expect(parseLink("usb://04b8:0202", defaults)).toEqual({ kind: "usb", device: epson });
	expect(parseLink("usb://04B8:0e15/X6MB012345", defaults)).toEqual({
		kind: "usb",
		device: { vendorId: 0x04b8, productId: 0x0e15, serialNumber: "X6MB012345" },
	});
});

test("an input device is named by its path, an NFC reader by part of its name or not at all", () => {
	const scanner = { speaks: "bytes", schemes: ["evdev"] } as const;
	const reader = { speaks: "cards", schemes: ["pcsc"] } as const;
	expect(parseLink("evdev:///dev/input/by-id/usb-A%20B-event-kbd", scanner)).toEqual({
		kind: "evdev",
		path: "/dev/input/by-id/usb-A B-event-kbd",
	});
	expect(parseLink("pcsc://ACR122U", reader)).toEqual({ kind: "cards", reader: "ACR122U" });
	expect(parseLink("pcsc://Identiv%20uTrust", reader)).toEqual({ kind: "cards", reader: "Identiv uTrust" });
	expect(parseLink("pcsc://", reader)).toEqual({ kind: "cards", reader: "" });
	for (const [url, needs] of [
		["evdev://event0", scanner],
		["evdev:///dev/input/%E0", scanner],
		["pcsc://ACR122U/0", reader],
		["pcsc://%E0", reader],
	] as const) {
		expect(() => parseLink(url, needs)).toThrow(/DEVICE_CONFIG_INVALID/);
	}
});

test.each([
	"nonsense",
	"http://printer",
	"tcp://",
	"serial://ttyUSB0",
	"serial:///dev/ttyUSB0?baud=fast",
	"serial:///dev/ttyUSB0?bits=9",
	"serial:///dev/ttyUSB0?speed=9600",
	"serial:///dev/ttyUSB0?flow=yes",
	"usb://04b8",
	"usb://04b8:202",
	"usb:///dev/usb/lp0",
])("%s is refused with a reason", (url) => {
	expect(() => parseLink(url, defaults)).toThrow(/DEVICE_CONFIG_INVALID/);
});

test("a port nobody listens on, and a serial port that does not exist, are unreachable", async () => {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as { port: number };
	await new Promise((resolve) => server.close(resolve));
	await expect(openLink({ kind: "tcp", host: "127.0.0.1", port }, untapped)).rejects.toMatchObject({
		code: "DEVICE_UNREACHABLE",
	});
	await expect(openLink(parseLink("serial:///dev/there-is-no-such-port", defaults), untapped)).rejects.toMatchObject({
		code: "DEVICE_UNREACHABLE",
	});
});

test("bytes that come before anyone listens are kept, and the end of the other side is noticed", async () => {
	const sockets: Socket[] = [];
	const server = createServer((socket) => {
		sockets.push(socket);
		socket.write("hallo");
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as { port: number };
	const passed: string[] = [];
	const link = (await openLink(
		{ kind: "tcp", host: "127.0.0.1", port },
		{
			tap: (direction, bytes) => passed.push(`${direction} ${Buffer.from(bytes)}`),
			broker: undefined,
		},
	)) as Link;
	const heard = await new Promise<string>((resolve) => link.listen((bytes) => resolve(Buffer.from(bytes).toString())));
	expect(heard).toBe("hallo");
	await link.write(Buffer.from("dag"));
	expect(passed).toEqual(["in hallo", "out dag"]);
	sockets[0]?.end();
	expect((await link.gone).code).toBe("DEVICE_UNREACHABLE");
	await expect(link.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
	server.close();
});

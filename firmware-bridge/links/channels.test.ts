import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openChannels } from "./channels.ts";
import { freePort } from "./free-port.testing.ts";
import type { ChannelPair, Direction, Link } from "./link.ts";

let terminal: Server;
let dialled: Socket[];
let port: number;
let devicePort: number;
let pair: ChannelPair;
let heard: [Direction, string][];

const portOf = (server: Server): number => (server.address() as { port: number }).port;

beforeEach(async () => {
	dialled = [];
	heard = [];
	terminal = createServer((socket) => {
		dialled.push(socket.on("error", () => undefined).resume());
	}).listen(0, "127.0.0.1");
	await once(terminal, "listening");
	port = portOf(terminal);
	devicePort = await freePort();
	pair = await openChannels({ host: "127.0.0.1", port, devicePort, listenHost: "127.0.0.1" }, (direction, bytes) =>
		heard.push([direction, Buffer.from(bytes).toString()]),
	);
});

afterEach(async () => {
	await pair.close();
	terminal.close();
});

const hears = (link: Link): Promise<string> =>
	new Promise((resolve) => link.listen((bytes) => resolve(Buffer.from(bytes).toString())));

test("the hub dials one channel and is dialled on the other, several times at once, and each keeps its own bytes", async () => {
	const guests: Link[] = [];
	const early = connect(devicePort, "127.0.0.1");
	await once(early, "connect");
	pair.welcome((link) => guests.push(link));
	const late = connect(devicePort, "127.0.0.1");
	await once(late, "connect");
	const [first, second] = [await pair.dial(), await pair.dial()];
	await first.write(Buffer.from("betaal"));
	await second.write(Buffer.from("breek af"));
	while (guests.length < 2) await new Promise((resolve) => setImmediate(resolve));
	early.write("toon");
	expect(await hears(guests[0] as Link)).toBe("toon");
	late.write("print");
	expect(await hears(guests[1] as Link)).toBe("print");
	await (guests[1] as Link).write(Buffer.from("klaar"));
	expect(String((await once(late, "data"))[0])).toBe("klaar");
	expect(heard).toContainEqual(["out", "betaal"]);
	expect(heard).toContainEqual(["in", "print"]);
});

test("the hub listens before anything is asked of the device", async () => {
	const socket = connect(devicePort, "127.0.0.1");
	await once(socket, "connect");
	expect(dialled).toEqual([]);
	socket.destroy();
});

test("nobody but the device is let in to what the cashier reads", async () => {
	pair.welcome(() => expect.unreachable("a stranger was let in"));
	const stranger = connect({ port: devicePort, host: "127.0.0.1", localAddress: "127.0.0.2" });
	stranger.on("error", () => undefined);
	await once(stranger, "close");
});

test("a port that is taken is named as what has to be changed", async () => {
	await expect(openChannels({ host: "127.0.0.1", port, devicePort }, () => undefined)).rejects.toMatchObject({
		code: "DEVICE_CONFIG_INVALID",
		detail: `the hub cannot listen on port ${devicePort}: EADDRINUSE`,
	});
});

test("closing the pair closes every channel, and frees the port", async () => {
	const link = await pair.dial();
	await pair.close();
	expect((await pair.gone).code).toBe("DEVICE_UNREACHABLE");
	expect((await link.gone).code).toBe("DEVICE_UNREACHABLE");
	pair = await openChannels({ host: "127.0.0.1", port, devicePort }, () => undefined);
});

test("a device that does not listen is unreachable when dialled, and no sooner", async () => {
	terminal.close();
	await once(terminal, "close");
	await expect(pair.dial()).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
});

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { Bonjour } from "bonjour-service";
import { expect, test } from "vitest";
import { describe, isOfficePrinter, listenForAnnouncements, type MulticastOptions } from "./announcements.ts";

/** From one loopback address to another, without multicast: nothing leaves this machine. */
const between = (from: string, to: string, port: number): MulticastOptions =>
	({ multicast: false, bind: from, ip: to, port }) as unknown as MulticastOptions;

async function freeUdpPort(): Promise<number> {
	const socket = createSocket("udp4").bind(0, "127.0.0.1");
	await once(socket, "listening");
	const { port } = socket.address();
	socket.close();
	return port;
}

test("a receipt printer and an office printer are told apart by what they announce", async () => {
	const port = await freeUdpPort();
	const network = new Bonjour(between("127.0.0.1", "127.0.0.2", port));
	const pdl = "application/postscript,image/urf";
	network.publish({
		name: "TM-m30III",
		type: "pdl-datastream",
		port: 9100,
		txt: { ty: "EPSON TM-m30III" },
		probe: false,
	});
	network.publish({ name: "Kantoor\u0007", type: "ipp", port: 631, txt: { pdl }, probe: false });
	network.publish({ name: "kast", type: "kassahub", port: 8443, probe: false });
	const announced = await listenForAnnouncements(1000, between("127.0.0.2", "127.0.0.1", port));
	await new Promise<void>((resolve) => network.destroy(resolve));
	expect(announced.map((one) => [one.type, one.host, one.port, describe(one), isOfficePrinter(one)])).toEqual(
		expect.arrayContaining([
			["pdl-datastream", "127.0.0.1", 9100, "EPSON TM-m30III", false],
			["ipp", "127.0.0.1", 631, "Kantoor", true],
		]),
	);
	expect(announced).toHaveLength(2);
});

test("garbage that is announced, and a port that is taken, end in an empty list and nothing worse", async () => {
	const port = await freeUdpPort();
	const stranger = createSocket("udp4").bind(port, "127.0.0.1");
	await once(stranger, "listening");
	const answers = [
		Buffer.from("nonsense"),
		Buffer.alloc(0),
		Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
		Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 9, 0, 2, 0xc0, 12]),
	];
	stranger.on("message", (_, { address, port: theirs }) => {
		for (const answer of answers) stranger.send(answer, theirs, address);
	});
	expect(await listenForAnnouncements(300, between("127.0.0.2", "127.0.0.1", port))).toEqual([]);
	expect(
		await listenForAnnouncements(50, {
			...between("127.0.0.1", "127.0.0.2", port),
			reuseAddr: false,
		} as MulticastOptions),
	).toEqual([]);
	stranger.close();
});

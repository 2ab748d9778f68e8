import { lookup } from "node:dns/promises";
import { createServer, type Server, type Socket } from "node:net";
import { DeviceError } from "../fault.ts";
import type { ChannelPair, Link, Tap } from "./link.ts";
import { linkOver, openTcp } from "./tcp.ts";

const CONNECTIONS_MAX = 8;

/** `devicePort`: where the hub listens for the device, on `listenHost` or on all its addresses. */
export type ChannelsAddress = { host: string; port: number; devicePort: number; listenHost?: string };

/**
 * Listens for the device before anything is asked of it. Only the device's own address is let in: what comes over this
 * channel is shown to the cashier. Throws DEVICE_CONFIG_INVALID where the port is taken, DEVICE_UNREACHABLE where the
 * device's name leads nowhere.
 */
export async function openChannels(address: ChannelsAddress, tap: Tap): Promise<ChannelPair> {
	const { host, port, devicePort, listenHost } = address;
	const welcomed = await addressesOf(host);
	const server = createServer({ noDelay: true });
	server.maxConnections = CONNECTIONS_MAX;
	await listen(server, devicePort, listenHost);

	const links = new Set<Link>();
	let early: Link[] = [];
	let take: ((link: Link) => void) | undefined;
	const { promise: gone, resolve: tellGone } = Promise.withResolvers<DeviceError>();
	server.on("error", (error) => tellGone(new DeviceError("DEVICE_UNREACHABLE", error.message)));
	const hold = (link: Link): Link => {
		links.add(link);
		void link.gone.then(() => links.delete(link));
		return link;
	};
	server.on("connection", (socket) => {
		if (!welcomed.has(remoteAddressOf(socket))) {
			socket.destroy();
			return;
		}
		const link = hold(linkOver(socket, `${host} to port ${devicePort}`, tap));
		if (take) take(link);
		else early.push(link);
	});

	return {
		gone,
		dial: async () => hold(await openTcp(host, port, tap)),
		welcome(taker) {
			take = taker;
			for (const link of early) taker(link);
			early = [];
		},
		async close() {
			tellGone(new DeviceError("DEVICE_UNREACHABLE", "closed"));
			const closed = new Promise((resolve) => server.close(resolve));
			await Promise.all([...links].map((link) => link.close()));
			await closed;
		},
	};
}

async function addressesOf(host: string): Promise<Set<string>> {
	try {
		return new Set((await lookup(host, { all: true })).map(({ address }) => address));
	} catch (error) {
		throw new DeviceError("DEVICE_UNREACHABLE", `${host}: ${(error as NodeJS.ErrnoException).code}`);
	}
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", (error: NodeJS.ErrnoException) =>
			reject(new DeviceError("DEVICE_CONFIG_INVALID", `the hub cannot listen on port ${port}: ${error.code}`)),
		);
		server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
	});
}

/** An IPv4 address that came in on an IPv6 socket is written as IPv4 again. */
const remoteAddressOf = (socket: Socket): string => (socket.remoteAddress ?? "").replace(/^::ffff:/, "");

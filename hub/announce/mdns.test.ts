import { createSocket } from "node:dgram";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { Bonjour, type Service } from "bonjour-service";
import pino from "pino";
import { expect, test } from "vitest";
import { announce } from "./mdns.ts";

// Multicast over the loopback alone: nothing leaves this machine.
const loopback = { interface: "127.0.0.1", ip: "224.0.0.251", loopback: true, bind: "0.0.0.0" } as never;
const log = pino({ enabled: false });

const found = (type: string): Promise<Service> =>
	new Promise((resolve) => {
		const bonjour = new Bonjour(loopback);
		bonjour.findOne({ type }, 20_000, (service: Service) => {
			bonjour.destroy();
			resolve(service);
		});
	});

test("the box is found on its network by its services and its name", async () => {
	const shop = { id: "vijzel", name: "De Vijzel" };
	const announcement = announce({ shop, httpsPort: 8443, mqttsPort: 8883 }, log, loopback);
	const [hub, mqtt] = await Promise.all([found("kassahub"), found("mqtt")]);
	expect(hub).toMatchObject({ name: "De Vijzel", host: "kassahub.local", port: 8443 });
	expect(hub.txt).toMatchObject({ shop: "vijzel" });
	expect(mqtt).toMatchObject({ host: "kassahub.local", port: 8883 });
	await announcement.close();
});

test("where the port is another program's, that is logged and the hub goes on", async () => {
	const other = createSocket("udp4").bind(0, "127.0.0.1");
	await once(other, "listening");
	const said = new PassThrough();
	const taken = { multicast: false, bind: "127.0.0.1", ip: "127.0.0.2", port: other.address().port, reuseAddr: false };
	const shop = { id: "vijzel", name: "De Vijzel" };
	announce({ shop, httpsPort: 8443, mqttsPort: 8883 }, pino(said), taken as never);
	expect(String((await once(said, "data"))[0])).toContain("mDNS is not to be had");
	other.close();
});

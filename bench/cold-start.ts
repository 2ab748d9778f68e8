import { once } from "node:events";
import { connect } from "node:net";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import mqttPacket from "mqtt-packet";
import { RawRegister } from "../tests/raw-register.ts";
import { saleNow } from "../tests/sales.ts";
import type { Shop } from "../tests/shop.ts";
import type { BrokerUnderTest } from "./brokers/broker.ts";
import { startHub } from "./brokers/hub.ts";
import { median } from "./figures.ts";

const STARTS = 3;

/** From starting a peer's process to its first PUBACK, in milliseconds. */
export async function coldStart(broker: BrokerUnderTest): Promise<number> {
	const times: number[] = [];
	for (let start = 0; start < STARTS; start++) {
		const startedAt = performance.now();
		const running = await broker.start();
		const socket = connect(running.port, "127.0.0.1");
		await once(socket, "connect");
		const login = running.login("kassa-1");
		mqttPacket.writeToStream(
			{
				cmd: "connect",
				protocolId: "MQTT",
				protocolVersion: 4,
				clean: true,
				keepalive: 0,
				...login,
				password: Buffer.from(login.password),
			},
			socket,
		);
		await once(socket, "data");
		mqttPacket.writeToStream(
			{
				cmd: "publish",
				topic: "kassahub/registers/kassa-1/sales",
				payload: JSON.stringify(saleNow("kassa-1")),
				qos: 1,
				messageId: 1,
				retain: false,
				dup: false,
			},
			socket,
		);
		await once(socket, "data");
		times.push(performance.now() - startedAt);
		socket.destroy();
		await running.stop();
	}
	return median(times);
}

/** The same for the hub, on a data folder in which a register is paired already. */
export async function coldStartOfHub(): Promise<number> {
	const hub = await startHub([], 1);
	const { shop } = hub;
	const credentials = hub.login("kassa-1") as Credentials;
	const times: number[] = [];
	try {
		for (let start = 0; start < STARTS; start++) {
			await shop.stop();
			const startedAt = performance.now();
			const starting = shop.start();
			times.push((await firstSale(shop, credentials)) - startedAt);
			await starting;
		}
	} finally {
		await hub.stop();
	}
	return median(times);
}

/** Knocks until the hub takes a sale; the moment of its PUBACK. */
async function firstSale(shop: Shop, credentials: Credentials): Promise<number> {
	const mqttUrl = `mqtt://127.0.0.1:${shop.environment.KASSAHUB_MQTT_PORT}`;
	for (;;) {
		const register = await RawRegister.connect(mqttUrl, credentials).catch(() => undefined);
		if (!register) continue;
		await register.sell(saleNow("kassa-1"));
		const at = performance.now();
		register.close();
		return at;
	}
}

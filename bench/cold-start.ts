import { RawRegister } from "../tests/raw-register.ts";
import { saleNow } from "../tests/sales.ts";
import type { Shop } from "../tests/shop.ts";
import type { BrokerUnderTest } from "./brokers/broker.ts";
import { startHub } from "./brokers/hub.ts";
import { median } from "./figures.ts";
import type { Login } from "./load.ts";

const STARTS = 3;

/** From starting a peer's process to its first PUBACK, in milliseconds. */
export async function coldStart(broker: BrokerUnderTest): Promise<number> {
	const times: number[] = [];
	for (let start = 0; start < STARTS; start++) {
		const startedAt = performance.now();
		const running = await broker.start();
		const register = await RawRegister.connect(`mqtt://127.0.0.1:${running.port}`, running.login("kassa-1"));
		await register.sell(saleNow("kassa-1"));
		times.push(performance.now() - startedAt);
		register.close();
		await running.stop();
	}
	return median(times);
}

/** The same for the hub, on a data folder in which a register is paired already. */
export async function coldStartOfHub(): Promise<number> {
	const hub = await startHub([], 1);
	const { shop } = hub;
	const login = hub.login("kassa-1");
	const times: number[] = [];
	try {
		for (let start = 0; start < STARTS; start++) {
			await shop.stop();
			const startedAt = performance.now();
			const starting = shop.start();
			times.push((await firstSale(shop, login)) - startedAt);
			await starting;
		}
	} finally {
		await hub.stop();
	}
	return median(times);
}

/** Knocks until the hub takes a sale; the moment of its PUBACK. */
async function firstSale(shop: Shop, login: Login): Promise<number> {
	const mqttUrl = `mqtt://127.0.0.1:${shop.environment.KASSAHUB_MQTT_PORT}`;
	for (;;) {
		const register = await RawRegister.connect(mqttUrl, login).catch(() => undefined);
		if (!register) continue;
		await register.sell(saleNow("kassa-1"));
		const at = performance.now();
		register.close();
		return at;
	}
}

import type { DeviceConfig } from "@kassahub/contracts/config.ts";
import { bearer, nowhere, Shop } from "../../tests/shop.ts";
import { type Login, soldProducts } from "../load.ts";
import type { BrokerUnderTest, RunningBroker } from "./broker.ts";

export type RunningHub = RunningBroker & { shop: Shop };

/** Registers that one hub of a benchmark may need. */
const REGISTERS = 200;

/**
 * The hub as it is sold: accounts, access rules, checks, hash chain and journal. Its back office is out of reach, so that
 * the machine's two cores serve the broker alone, as they do the peers.
 */
export async function startHub(
	prefix: string[] = [],
	registers = REGISTERS,
	devices: Record<string, DeviceConfig> = {},
): Promise<RunningHub> {
	const shop = await Shop.create({ cloud: await nowhere(), devices });
	shop.prefix = prefix;
	const { pid, mqttUrl, httpUrl, token } = await shop.start();
	for (const product of soldProducts) {
		const answer = await fetch(`${httpUrl}/api/v1/catalogue/products/${product.sku}`, {
			method: "PUT",
			headers: { ...bearer(token), "content-type": "application/json" },
			body: JSON.stringify(product),
		});
		if (!answer.ok) throw new Error(`product ${product.sku}: ${answer.status} ${await answer.text()}`);
	}
	const logins = new Map<string, Login>();
	for (let register = 1; register <= registers; register++) {
		logins.set(`kassa-${register}`, await shop.pair("register", `kassa-${register}`));
	}
	logins.set("peiler", await shop.pair("sensor", "peiler"));
	return {
		shop,
		pid,
		port: Number(new URL(mqttUrl).port),
		login(name) {
			const { clientId, username, password } = logins.get(name) as Login;
			return { clientId, username, password };
		},
		stop: () => shop[Symbol.asyncDispose](),
	};
}

export const hub: BrokerUnderTest = { name: "kassahub", promise: "flushed before PUBACK", start: () => startHub() };

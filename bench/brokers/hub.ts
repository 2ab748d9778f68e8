import { bearer, freePort, Shop } from "../../tests/shop.ts";
import type { Login } from "../load.ts";
import type { BrokerUnderTest, RunningBroker } from "./broker.ts";

export type RunningHub = RunningBroker & { shop: Shop; token: string; httpUrl: string };

/** Registers that one hub of a benchmark may need. */
const REGISTERS = 200;

/**
 * The hub as it is sold: accounts, access rules, checks, hash chain and journal. Its back office is out of reach, so that
 * the machine's two cores serve the broker alone, as they do the peers.
 */
export async function startHub(prefix: string[] = [], registers = REGISTERS): Promise<RunningHub> {
	const shop = await Shop.create({ cloud: { url: `mqtt://127.0.0.1:${await freePort()}` } });
	shop.prefix = prefix;
	const { pid, mqttUrl, httpUrl, token } = await shop.start();
	const logins = new Map<string, Login>();
	const pair = async (kind: string, name: string): Promise<void> => {
		const answer = await fetch(`${httpUrl}/api/v1/pairings`, {
			method: "POST",
			headers: { ...bearer(token), "content-type": "application/json" },
			body: JSON.stringify({ kind, name }),
		});
		if (!answer.ok) throw new Error(`pairing ${name}: ${answer.status} ${await answer.text()}`);
		logins.set(name, (await answer.json()) as Login);
	};
	for (let register = 1; register <= registers; register++) await pair("register", `kassa-${register}`);
	await pair("sensor", "peiler");
	return {
		shop,
		pid,
		token,
		httpUrl,
		port: Number(new URL(mqttUrl).port),
		login(name) {
			const { clientId, username, password } = logins.get(name) as Login;
			return { clientId, username, password };
		},
		stop: () => shop[Symbol.asyncDispose](),
	};
}

export const hub: BrokerUnderTest = { name: "kassahub", promise: "flushed before PUBACK", start: () => startHub() };

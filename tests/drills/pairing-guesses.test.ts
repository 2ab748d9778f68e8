import { once } from "node:events";
import { request } from "node:https";
import type { PairingCode } from "@kassahub/contracts/pairing-code.ts";
import { expect, test } from "vitest";
import { RawRegister } from "../raw-register.ts";
import { saleNow } from "../sales.ts";
import { bearer, nowhere, Shop } from "../shop.ts";

const ADDRESSES = ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6"];

test("two hundred guessed pairing codes from several addresses pair nobody, and hold up neither sales nor who has the right one", async () => {
	await using shop = await Shop.create({ cloud: await nowhere() });
	const { httpUrl, httpsUrl, mqttUrl, token } = await shop.start();
	const ca = await (await fetch(`${httpUrl}/trust/kassahub.pem`)).text();
	const register = await RawRegister.connect(mqttUrl, await shop.pair("register", "kassa-1"));
	const made = await fetch(`${httpUrl}/api/v1/pairing-codes`, {
		method: "POST",
		headers: { ...bearer(token), "content-type": "application/json" },
		body: JSON.stringify({ kind: "register", name: "kassa-2" }),
	});
	const { code: right } = (await made.json()) as PairingCode;

	const guess = async (code: string, localAddress: string): Promise<number> => {
		const options = { method: "POST", ca, localAddress, headers: { "content-type": "application/json" } };
		const asked = request(`${httpsUrl}/api/v1/pair`, options).end(JSON.stringify({ code }));
		const [answer] = await once(asked, "response");
		answer.resume();
		await once(answer, "end");
		return answer.statusCode;
	};
	const answers: number[] = [];
	for (let index = 0; index < 200; index++) {
		const code = String(index).padStart(6, "0");
		const wrong = code === right ? "999999" : code;
		answers.push(await guess(wrong, ADDRESSES[index % ADDRESSES.length] as string));
		if (index % 10 === 0) expect(await register.sell(saleNow("kassa-1"))).toBe(true);
	}
	expect([...new Set(answers)].sort()).toEqual([401, 429]);
	// Three each go unpunished, and one more is what makes an address wait.
	expect(answers.filter((status) => status === 401).length).toBeLessThanOrEqual(ADDRESSES.length * 4);

	// From an address that guessed nothing the code is good all the same: nobody can keep a tablet from being paired.
	expect(await guess(right, "127.0.0.99")).toBe(201);
	expect(await guess(right, "127.0.0.99")).toBe(401);
	register.close();
});

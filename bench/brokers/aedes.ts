import { join } from "node:path";
import { freePort } from "../../tests/shop.ts";
import { anonymous, type BrokerUnderTest, runQuietly, takesConnections } from "./broker.ts";

export const plainAedes: BrokerUnderTest = {
	name: "plain aedes",
	promise: "not durable",
	async start() {
		const port = await freePort();
		const { child, stop } = runQuietly(process.execPath, [join(import.meta.dirname, "aedes-process.ts"), String(port)]);
		await takesConnections(port, child);
		return { port, pid: child.pid as number, login: anonymous, stop };
	},
};

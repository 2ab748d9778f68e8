import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../tests/shop.ts";
import { anonymous, type BrokerUnderTest, runQuietly, takesConnections } from "./broker.ts";

/** Mosquitto 2 with persistence: it saves every now and then and never syncs before a PUBACK. */
export const mosquitto: BrokerUnderTest = {
	name: "mosquitto",
	promise: "not durable",
	async start() {
		const port = await freePort();
		const folder = mkdtempSync(join(tmpdir(), "kassahub-mosquitto-"));
		const config = join(folder, "mosquitto.conf");
		const lines = [
			`listener ${port} 127.0.0.1`,
			"allow_anonymous true",
			"persistence true",
			`persistence_location ${folder}/`,
			"max_queued_messages 0",
			"user root",
			"log_dest none",
		];
		writeFileSync(config, lines.join("\n"));
		const { child, stop } = runQuietly("mosquitto", ["-c", config]);
		await takesConnections(port, child);
		return {
			port,
			pid: child.pid as number,
			login: anonymous,
			async stop() {
				await stop();
				rmSync(folder, { recursive: true, force: true });
			},
		};
	},
};

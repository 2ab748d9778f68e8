import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../tests/shop.ts";
import { anonymous, type BrokerUnderTest, runQuietly, takesConnections } from "./broker.ts";

/** RabbitMQ with its MQTT plugin: the one peer that flushes before the PUBACK, where a durable session wants the message. */
export const rabbitmq: BrokerUnderTest = {
	name: "RabbitMQ",
	promise: "flushed before PUBACK",
	async start() {
		const port = await freePort();
		const folder = mkdtempSync(join(tmpdir(), "kassahub-rabbitmq-"));
		const config = join(folder, "rabbitmq.conf");
		const lines = [
			"listeners.tcp = none",
			`mqtt.listeners.tcp.1 = 127.0.0.1:${port}`,
			"mqtt.allow_anonymous = true",
			"default_user = guest",
			"default_pass = guest",
			"auth_backends.1 = internal",
			"log.console = false",
		];
		writeFileSync(config, `${lines.join("\n")}\n`);
		writeFileSync(join(folder, "enabled_plugins"), "[rabbitmq_mqtt].\n");
		mkdirSync(join(folder, "mnesia"));
		const { child, stop } = runQuietly("/usr/lib/rabbitmq/bin/rabbitmq-server", [], {
			HOME: folder,
			RABBITMQ_NODENAME: `bench${port}@localhost`,
			RABBITMQ_CONFIG_FILE: config,
			RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
			RABBITMQ_MNESIA_BASE: join(folder, "mnesia"),
			RABBITMQ_LOG_BASE: folder,
			RABBITMQ_DIST_PORT: String(await freePort()),
			ERL_EPMD_ADDRESS: "127.0.0.1",
		});
		await takesConnections(port, child, 120_000);
		return {
			port,
			pid: child.pid as number,
			login: (name) => ({ ...anonymous(name), username: "guest", password: "guest" }),
			async stop() {
				await stop();
				rmSync(folder, { recursive: true, force: true });
			},
		};
	},
};

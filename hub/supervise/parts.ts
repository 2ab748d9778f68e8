import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import type { Settings } from "../config.ts";
import type { ChildPlan } from "./child.ts";

type Internal = { bridge: Credentials; relay: Credentials };

/** The other parts of the shop that run beside this hub, with what each needs to know, and nothing more. */
export async function planParts(
	settings: Settings,
	ports: { mqtt: number; http: number },
	internal: Internal,
): Promise<ChildPlan[]> {
	const { config, root } = settings;
	const mqttUrl = `mqtt://127.0.0.1:${ports.mqtt}`;
	const shared = { KASSAHUB_CONFIG: settings.configFile, KASSAHUB_DATA: settings.dataDir };
	const bridge: ChildPlan = {
		name: "firmware-bridge",
		script: join(root, "firmware-bridge/main.ts"),
		environment: { ...shared, KASSAHUB_MQTT_URL: mqttUrl, ...login(internal.bridge) },
	};
	const cloud = config.cloud
		? {
				url: config.cloud.url,
				username: config.cloud.username ?? config.shop.id,
				password: config.cloud.passwordFile
					? readFileSync(resolve(settings.configFile, "..", config.cloud.passwordFile), "utf8").trim()
					: "",
			}
		: {
				url: `mqtt://127.0.0.1:${settings.cloudMqttPort || (await freePort())}`,
				username: config.shop.id,
				password: randomBytes(32).toString("base64url"),
			};
	const cloudLogin = { KASSAHUB_CLOUD_USERNAME: cloud.username, KASSAHUB_CLOUD_PASSWORD: cloud.password };
	const relay: ChildPlan = {
		name: "cloud-relay",
		script: join(root, "cloud-relay/main.ts"),
		environment: {
			...shared,
			...login(internal.relay),
			...cloudLogin,
			KASSAHUB_MQTT_URL: mqttUrl,
			KASSAHUB_HTTP_URL: `http://127.0.0.1:${ports.http}`,
			KASSAHUB_TOKEN: internal.relay.token,
			KASSAHUB_CLOUD_URL: cloud.url,
		},
	};
	if (config.cloud) return [bridge, relay];
	const office: ChildPlan = {
		name: "cloud",
		script: join(root, "cloud/main.ts"),
		environment: {
			...shared,
			...cloudLogin,
			KASSAHUB_OFFICE_PORT: String(settings.officePort),
			KASSAHUB_CLOUD_MQTT_PORT: new URL(cloud.url).port,
		},
	};
	return [bridge, relay, office];
}

const login = (credentials: Credentials): Record<string, string> => ({
	KASSAHUB_USERNAME: credentials.username,
	KASSAHUB_PASSWORD: credentials.password,
});

/** A port that is free now; the back office takes it a moment later, and again at each restart. */
function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const address = server.address();
			server.close(() =>
				address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
			);
		});
	});
}

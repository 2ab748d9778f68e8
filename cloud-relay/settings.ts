import { join, resolve } from "node:path";

export type Settings = {
	dataDir: string;
	hub: { mqttUrl: string; httpUrl: string; username: string; password: string; token: string };
	cloud: { url: string; username: string; password: string };
};

/** The relay's settings from its environment. Throws an Error that names every variable that is missing. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
	const missing: string[] = [];
	const need = (name: string): string => {
		const value = environment[name];
		if (!value) missing.push(name);
		return value ?? "";
	};
	const settings: Settings = {
		dataDir: join(resolve(environment.KASSAHUB_DATA ?? "data"), "relay"),
		hub: {
			mqttUrl: need("KASSAHUB_MQTT_URL"),
			httpUrl: need("KASSAHUB_HTTP_URL"),
			username: need("KASSAHUB_USERNAME"),
			password: need("KASSAHUB_PASSWORD"),
			token: need("KASSAHUB_TOKEN"),
		},
		cloud: {
			url: need("KASSAHUB_CLOUD_URL"),
			username: need("KASSAHUB_CLOUD_USERNAME"),
			password: environment.KASSAHUB_CLOUD_PASSWORD ?? "",
		},
	};
	if (missing.length > 0) {
		throw new Error(`Set ${missing.join(", ")}. The hub does so when it starts the relay (npm start).`);
	}
	return settings;
}

import { join, resolve } from "node:path";

export type Settings = {
	dataDir: string;
	host: string;
	port: number;
	/** Demanded from every request where the office is reachable from elsewhere than this machine. */
	token: string | undefined;
	/** A PostgreSQL server; absent: the embedded one. */
	databaseUrl: string | undefined;
	/** An existing broker's URL; absent: the embedded one on `brokerPort`. */
	brokerUrl: string | undefined;
	brokerPort: number;
	username: string;
	password: string;
};

const TOKEN_LENGTH_MIN = 20;
const LOOPBACK = ["127.0.0.1", "::1", "localhost"];

/** The back office's settings from its environment. Throws an Error that names the variable and what to set. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
	const host = environment.KASSAHUB_OFFICE_HOST || "127.0.0.1";
	const token = environment.KASSAHUB_OFFICE_TOKEN || undefined;
	if (!LOOPBACK.includes(host) && !token) {
		throw new Error(
			`KASSAHUB_OFFICE_HOST is ${host}, so others can reach the turnover of all shops: set KASSAHUB_OFFICE_TOKEN too, for example to the output of \`openssl rand -hex 32\`.`,
		);
	}
	if (token && token.length < TOKEN_LENGTH_MIN) {
		throw new Error(`KASSAHUB_OFFICE_TOKEN is shorter than ${TOKEN_LENGTH_MIN} characters: that can be guessed.`);
	}
	const brokerUrl = environment.KASSAHUB_CLOUD_MQTT_URL || undefined;
	const password = environment.KASSAHUB_CLOUD_PASSWORD ?? "";
	if (!brokerUrl && password === "") {
		throw new Error("Set KASSAHUB_CLOUD_PASSWORD: with it the relays sign in to this back office's own broker.");
	}
	return {
		dataDir: join(resolve(environment.KASSAHUB_DATA ?? "data"), "office"),
		host,
		port: portFrom(environment, "KASSAHUB_OFFICE_PORT", 8090),
		token,
		databaseUrl: environment.DATABASE_URL || undefined,
		brokerUrl,
		brokerPort: portFrom(environment, "KASSAHUB_CLOUD_MQTT_PORT", 1884),
		username: environment.KASSAHUB_CLOUD_USERNAME ?? "",
		password,
	};
}

function portFrom(environment: NodeJS.ProcessEnv, name: string, otherwise: number): number {
	const text = environment[name];
	if (!text) return otherwise;
	const port = Number(text);
	if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
	throw new Error(`${name} is "${text}", which is no port. Set it to a number from 0 to 65535.`);
}

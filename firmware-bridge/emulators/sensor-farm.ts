import { connectAsync, type MqttClient } from "mqtt";
import {
	type Convention,
	type ConventionName,
	conventions,
	type Message,
	type SensorCondition,
	type SensorMisbehaviour,
} from "./sensor-conventions.ts";

export type BrokerLogin = { url: string; username: string; password: string };

const goodSensor = (): SensorMisbehaviour => ({ isMute: false, weightText: undefined, babbles: false });

/** One sensor on a broker, with a connection and a last will of its own. */
export class EmulatedSensor {
	readonly id: string;
	readonly link: string;
	readonly source: string;
	readonly #convention: Convention;
	readonly #login: BrokerLogin;
	#client: MqttClient | undefined;
	#condition: SensorCondition = { grams: 0, celsius: 4, battery: 87, rssi: -71, isDoorOpen: false };
	#misbehaviour = goodSensor();
	/** What each topic carried last. */
	readonly #told = new Map<string, string>();

	constructor(id: string, convention: Convention, login: BrokerLogin) {
		this.id = id;
		this.#convention = convention;
		this.#login = login;
		this.link = convention.link(id);
		this.source = convention.source;
	}

	get condition(): SensorCondition {
		return { ...this.#condition };
	}

	/** Connects and announces itself; resolves when the broker has it all. */
	async plugIn(): Promise<void> {
		const { url, username, password } = this.#login;
		const { topic, payload, retain = false } = this.#convention.lastWill(this.id);
		this.#client = await connectAsync(url, {
			clientId: `${username}-${this.id}`,
			username,
			password,
			reconnectPeriod: 0,
			will: { topic, payload: Buffer.from(payload), qos: 1, retain },
		});
		const { greetedOn, askedOn } = this.#convention;
		const asked = askedOn?.(this.id);
		this.#client.on("message", (heard, question) => {
			if (heard === asked) void this.#say(this.#answer(question.toString()));
			else void this.#say(this.#convention.announce(this.id)).then(() => this.#tell());
		});
		const filters = [...greetedOn(this.id), ...(asked === undefined ? [] : [asked])];
		if (filters.length > 0) await this.#client.subscribeAsync(filters);
		await this.#say(this.#convention.announce(this.id));
		await this.#tell();
	}

	/** Loses its power: the broker sends its last will. */
	async unplug(): Promise<void> {
		const client = this.#client;
		this.#client = undefined;
		if (!client) return;
		const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
		client.stream.destroy();
		await closed;
		await client.endAsync(true);
	}

	async set(change: Partial<SensorCondition>): Promise<void> {
		this.#condition = { ...this.#condition, ...change };
		await this.#tell(true);
	}

	async misbehave(change: Partial<SensorMisbehaviour>): Promise<void> {
		this.#misbehaviour = { ...goodSensor(), ...change };
		await this.#tell();
	}

	async close(): Promise<void> {
		await this.#client?.endAsync();
	}

	get #weight(): string {
		return this.#misbehaviour.weightText ?? this.#convention.weightOf(this.#condition.grams);
	}

	#answer(question: string): Message[] {
		if (this.#misbehaviour.isMute) return [];
		return this.#convention.answer?.(question, this.#condition, this.#weight) ?? [];
	}

	/** Tells everything, or only the topics on which something changed. */
	async #tell(isUpdate = false): Promise<void> {
		const { isMute, babbles } = this.#misbehaviour;
		if (isMute) return;
		const messages = babbles
			? this.#convention.babble(this.id)
			: this.#convention.tell(this.id, this.#condition, this.#weight);
		const news = messages.filter(({ topic, payload }) => !isUpdate || this.#told.get(topic) !== payload.toString());
		for (const { topic, payload } of messages) this.#told.set(topic, payload.toString());
		await this.#say(news);
	}

	async #say(messages: Message[]): Promise<void> {
		for (const { topic, payload, retain = false } of messages) {
			// Its plug may be pulled in the middle of a sentence.
			await this.#client?.publishAsync(topic, payload as Buffer, { qos: 1, retain }).catch(() => undefined);
		}
	}
}

/** Plays so many sensors of one convention on a broker. */
export async function startFarm(
	login: BrokerLogin,
	{ convention, count, name = "schap" }: { convention: ConventionName; count: number; name?: string },
): Promise<EmulatedSensor[]> {
	const sensors = Array.from(
		{ length: count },
		(_, index) => new EmulatedSensor(`${name}${index + 1}`, conventions[convention], login),
	);
	await Promise.all(sensors.map((sensor) => sensor.plugIn()));
	return sensors;
}

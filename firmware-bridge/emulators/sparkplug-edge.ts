import { connectAsync, type MqttClient } from "mqtt";
import type { SensorCondition, SensorMisbehaviour } from "./sensor-conventions.ts";
import type { BrokerLogin } from "./sensor-farm.ts";

/** How an edge node misbehaves besides. */
export type EdgeMisbehaviour = {
	/** Loses this many of its next messages on the way. */
	loses: number;
	/** Does not do what it is asked to. */
	isDeaf: boolean;
};

const BOOLEAN = 11;
const FLOAT = 9;
const INT32 = 3;
const UINT64 = 8;

type EmulatedMetric = { name: string; alias?: number; datatype: number; value: number | boolean | null; unit?: string };

/** Sparkplug B's protobuf, as section 4 of the protocol sheet lists its fields. */
class Writer {
	#bytes: number[] = [];

	get bytes(): Uint8Array {
		return Uint8Array.from(this.#bytes);
	}

	whole(field: number, value: number | bigint): this {
		return this.#key(field, 0).#base128(BigInt(value));
	}

	part(field: number, bytes: Uint8Array): this {
		this.#key(field, 2).#base128(BigInt(bytes.length));
		this.#bytes.push(...bytes);
		return this;
	}

	float(field: number, value: number): this {
		this.#key(field, 5);
		const four = new DataView(new ArrayBuffer(4));
		four.setFloat32(0, value, true);
		this.#bytes.push(...new Uint8Array(four.buffer));
		return this;
	}

	#key(field: number, wire: number): this {
		return this.#base128(BigInt(field * 8 + wire));
	}

	#base128(value: bigint): this {
		let rest = value;
		do {
			const low = Number(rest % 128n);
			rest /= 128n;
			this.#bytes.push(rest > 0n ? low + 128 : low);
		} while (rest > 0n);
		return this;
	}
}

const text = (value: string): Uint8Array => Buffer.from(value, "utf8");

function metricBytes({ name, alias, datatype, value, unit }: EmulatedMetric, isBirth: boolean): Uint8Array {
	const metric = new Writer();
	if (isBirth || alias === undefined) metric.part(1, text(name));
	if (alias !== undefined) metric.whole(2, alias);
	metric.whole(3, Date.now()).whole(4, datatype);
	if (unit !== undefined && isBirth) {
		const property = new Writer().whole(1, 12).part(8, text(unit)).bytes;
		metric.part(9, new Writer().part(1, text("engUnit")).part(2, property).bytes);
	}
	if (value === null) metric.whole(7, 1);
	else if (typeof value === "boolean") metric.whole(14, value ? 1 : 0);
	else if (datatype === FLOAT) metric.float(12, value);
	// Negative numbers of up to 32 bits travel as two's complement.
	else if (datatype === INT32) metric.whole(10, value < 0 ? value + 2 ** 32 : value);
	else metric.whole(11, value);
	return metric.bytes;
}

/** An edge node with so many shelf sensors as its devices, behind one connection. */
export class EmulatedEdge {
	readonly group: string;
	readonly node: string;
	readonly #login: BrokerLogin;
	readonly #devices: { name: string; condition: SensorCondition; misbehaviour: SensorMisbehaviour; isGone: boolean }[];
	#client: MqttClient | undefined;
	#bdSeq = -1;
	#seq = 0;
	#misbehaviour: EdgeMisbehaviour = { loses: 0, isDeaf: false };
	/** How often it was asked to say everything again. */
	rebirths = 0;

	constructor(login: BrokerLogin, { group = "Winkel", node = "EdgeA", count = 1 } = {}) {
		this.#login = login;
		this.group = group;
		this.node = node;
		this.#devices = Array.from({ length: count }, (_, index) => ({
			name: `Schap${index + 1}`,
			condition: { grams: 0, celsius: 4, battery: 87, rssi: -71, isDoorOpen: false },
			misbehaviour: { isMute: false, weightText: undefined, babbles: false },
			isGone: false,
		}));
	}

	link(index: number): string {
		return `mqtt://hub/spBv1.0/${this.group}/${this.node}/${this.#device(index).name}`;
	}

	async plugIn(): Promise<void> {
		const { url, username, password } = this.#login;
		this.#bdSeq = (this.#bdSeq + 1) % 256;
		const death = new Writer().whole(1, Date.now()).part(2, this.#bdSeqMetric()).bytes;
		this.#client = await connectAsync(url, {
			clientId: `${username}-${this.node}`,
			username,
			password,
			reconnectPeriod: 0,
			will: { topic: this.#topic("NDEATH"), payload: Buffer.from(death), qos: 1, retain: false },
		});
		this.#client.on("message", () => {
			this.rebirths++;
			if (!this.#misbehaviour.isDeaf) void this.#beBorn();
		});
		await this.#client.subscribeAsync(this.#topic("NCMD"), { qos: 1 });
		await this.#beBorn();
	}

	async unplug(): Promise<void> {
		const client = this.#client;
		this.#client = undefined;
		if (!client) return;
		const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
		client.stream.destroy();
		await closed;
		await client.endAsync(true);
	}

	async close(): Promise<void> {
		await this.#client?.endAsync();
	}

	async set(index: number, change: Partial<SensorCondition>): Promise<void> {
		const device = this.#device(index);
		device.condition = { ...device.condition, ...change };
		await this.#tell(index);
	}

	async misbehave(index: number, change: Partial<SensorMisbehaviour>): Promise<void> {
		this.#device(index).misbehaviour = { isMute: false, weightText: undefined, babbles: false, ...change };
		await this.#tell(index);
	}

	misbehaveAsNode(change: Partial<EdgeMisbehaviour>): void {
		this.#misbehaviour = { ...this.#misbehaviour, ...change };
	}

	/** One sensor leaves, the node stays. */
	async removeDevice(index: number): Promise<void> {
		const device = this.#device(index);
		device.isGone = true;
		await this.#send(this.#topic("DDEATH", device.name), []);
	}

	async returnDevice(index: number): Promise<void> {
		this.#device(index).isGone = false;
		await this.#bear(index);
	}

	/** A will that comes late, of an earlier connection. */
	async sendOldDeath(): Promise<void> {
		const old = new Writer().whole(1, Date.now()).part(2, this.#bdSeqMetric(this.#bdSeq - 1)).bytes;
		await this.#publish(this.#topic("NDEATH"), old);
	}

	#device(index: number) {
		const device = this.#devices[index];
		if (!device) throw new Error(`no device ${index}`);
		return device;
	}

	#topic(type: string, device?: string): string {
		return `spBv1.0/${this.group}/${type}/${this.node}${device === undefined ? "" : `/${device}`}`;
	}

	#bdSeqMetric(value = this.#bdSeq): Uint8Array {
		return metricBytes({ name: "bdSeq", datatype: UINT64, value: Math.max(0, value) }, true);
	}

	async #beBorn(): Promise<void> {
		this.#seq = 0;
		const rebirth = metricBytes({ name: "Node Control/Rebirth", datatype: BOOLEAN, value: false }, true);
		await this.#send(this.#topic("NBIRTH"), [this.#bdSeqMetric(), rebirth]);
		for (const [index, { isGone }] of this.#devices.entries()) if (!isGone) await this.#bear(index);
	}

	async #bear(index: number): Promise<void> {
		const metrics = this.#metricsOf(index).map((metric) => metricBytes(metric, true));
		const model = new Writer().part(1, text("Properties/Model")).whole(4, 12).part(15, text("Edge S1")).bytes;
		await this.#send(this.#topic("DBIRTH", this.#device(index).name), [...metrics, model]);
	}

	async #tell(index: number): Promise<void> {
		const { misbehaviour, isGone, name } = this.#device(index);
		if (misbehaviour.isMute || isGone) return;
		const metrics = misbehaviour.babbles
			? [Uint8Array.of(0x0a, 0xff)]
			: this.#metricsOf(index).map((metric) => metricBytes(metric, false));
		await this.#send(this.#topic("DDATA", name), metrics);
	}

	/** Aliases are unique on the whole node. */
	#metricsOf(index: number): EmulatedMetric[] {
		const { condition, misbehaviour } = this.#device(index);
		const alias = (number: number) => index * 10 + number;
		const weight = misbehaviour.weightText === undefined ? condition.grams / 1000 : null;
		return [
			{ name: "Schap/Gewicht", alias: alias(1), datatype: FLOAT, value: weight, unit: "kg" },
			{ name: "Schap/Temperatuur", alias: alias(2), datatype: FLOAT, value: condition.celsius, unit: "°C" },
			{ name: "Batterij", alias: alias(3), datatype: INT32, value: condition.battery, unit: "%" },
			{ name: "RSSI", alias: alias(4), datatype: INT32, value: condition.rssi, unit: "dBm" },
			{ name: "Deur", alias: alias(5), datatype: BOOLEAN, value: condition.isDoorOpen },
		];
	}

	async #send(topic: string, metrics: Uint8Array[]): Promise<void> {
		const payload = new Writer().whole(1, Date.now());
		for (const metric of metrics) payload.part(2, metric);
		payload.whole(3, this.#seq);
		this.#seq = (this.#seq + 1) % 256;
		if (this.#misbehaviour.loses > 0) {
			this.#misbehaviour.loses--;
			return;
		}
		await this.#publish(topic, payload.bytes);
	}

	async #publish(topic: string, payload: Uint8Array): Promise<void> {
		// Its plug may be pulled in the middle of a sentence.
		await this.#client?.publishAsync(topic, Buffer.from(payload), { qos: 0 }).catch(() => undefined);
	}
}

import mqtt from "mqtt";
import type { RunningBroker } from "./brokers/broker.ts";
import { percentile } from "./figures.ts";

const LISTENERS = 50;
const WINDOW = 8;
const TOPIC = "kassahub/devices/peiler/readings";

export type FanOut = { messagesPerSecond: number; p50Ms: number; p99Ms: number };

/** One sender at QoS 0, fifty registers listening: messages delivered in a second, and how long one takes to the last. */
export async function fanOut(broker: RunningBroker, measureMs: number): Promise<FanOut> {
	const url = `mqtt://127.0.0.1:${broker.port}`;
	const connectAs = (name: string) =>
		mqtt.connectAsync(url, { ...broker.login(name), clean: true, reconnectPeriod: 0 });
	let delivered = 0;
	let isMeasuring = false;
	const latencies: number[] = [];
	const arrived = new Map<number, number>();
	const sender = await connectAs("peiler");
	let next = 0;
	const send = (): void => {
		const number = next++;
		arrived.set(number, 0);
		const reading = {
			type: "shelf",
			device: "peiler",
			at: new Date().toISOString(),
			grams: number,
			sentAt: performance.now(),
		};
		sender.publish(TOPIC, JSON.stringify(reading), { qos: 0 });
	};
	const take = (payload: Buffer): void => {
		const { grams: number, sentAt } = JSON.parse(payload.toString()) as { grams: number; sentAt: number };
		const count = (arrived.get(number) ?? 0) + 1;
		if (isMeasuring) delivered++;
		if (count < LISTENERS) {
			arrived.set(number, count);
			return;
		}
		arrived.delete(number);
		if (isMeasuring) latencies.push(performance.now() - sentAt);
		send();
	};
	const listeners = [];
	for (let index = 1; index <= LISTENERS; index++) {
		const listener = await connectAs(`kassa-${index}`);
		listener.on("message", (_, payload) => take(payload));
		await listener.subscribeAsync(TOPIC, { qos: 0 });
		listeners.push(listener);
	}
	for (let index = 0; index < WINDOW; index++) send();
	await new Promise((resolve) => setTimeout(resolve, 500));
	const startedAt = performance.now();
	isMeasuring = true;
	await new Promise((resolve) => setTimeout(resolve, measureMs));
	isMeasuring = false;
	const seconds = (performance.now() - startedAt) / 1000;
	for (const client of [sender, ...listeners]) client.end(true);
	return {
		messagesPerSecond: delivered / seconds,
		p50Ms: percentile(latencies, 0.5),
		p99Ms: percentile(latencies, 0.99),
	};
}

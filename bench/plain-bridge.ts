// A process of its own: writes what it hears on a topic to a device's wire, and nothing more. The peer of the bridge.
import { once } from "node:events";
import { connect } from "node:net";
import mqtt from "mqtt";

export type ForwardOrder = { brokerPort: number; topic: string; wirePort: number };

process.once("message", async ({ brokerPort, topic, wirePort }: ForwardOrder) => {
	const wire = connect({ port: wirePort, host: "127.0.0.1", noDelay: true });
	await once(wire, "connect");
	const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${brokerPort}`, { clientId: "plain-bridge" });
	client.on("message", (_, payload) =>
		wire.write((JSON.parse(payload.toString()) as { lines: string[] }).lines.join()),
	);
	await client.subscribeAsync(topic, { qos: 1 });
	process.send?.("ready");
});

import { decodePublish, splitPublishes } from "../../links/publish-frame.ts";
import { type Wire, WireError } from "../wire.ts";

/** The wire of a driver that speaks over topics: MQTT messages, their payload read by `read` where it can. */
export const topicWire = (read: (payload: Uint8Array, topic: string) => unknown): Wire => ({
	frames: splitPublishes,
	explain(frame) {
		const publication = decodePublish(frame);
		if (!publication) throw new WireError("no MQTT PUBLISH");
		const { topic, payload, isRetained, isCut } = publication;
		return {
			topic,
			...(isRetained ? { retain: true } : {}),
			...(isCut ? { cut: Buffer.from(payload).toString("utf8") } : { payload: read(payload, topic) }),
		};
	},
});

/** JSON as it is, text as text, anything else in hex. */
export function readText(payload: Uint8Array): unknown {
	let text: string;
	try {
		text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
	} catch {
		return { hex: Buffer.from(payload).toString("hex") };
	}
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

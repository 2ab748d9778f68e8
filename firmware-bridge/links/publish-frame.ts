import type { Splitter } from "../drivers/exchange.ts";

/** One message as MQTT 3.1.1 §3.3 puts it on the wire, at QoS 0. */
export type Publication = { topic: string; payload: Uint8Array; isRetained: boolean };

const PUBLISH = 0x30;
const RETAIN = 0x01;
/** What the hub's broker lets pass of a sensor, and its topic: what claims to be longer is no frame of ours. */
const BODY_BYTES_MAX = 70_000;
const LENGTH_BYTES_MAX = 4;

export function encodePublish({ topic, payload, isRetained }: Publication): Uint8Array {
	const name = Buffer.from(topic);
	const length: number[] = [];
	for (let rest = 2 + name.length + payload.length; ; rest = Math.floor(rest / 128)) {
		length.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
		if (rest < 128) break;
	}
	const head = [isRetained ? PUBLISH | RETAIN : PUBLISH, ...length, name.length >> 8, name.length & 0xff];
	return new Uint8Array(Buffer.concat([Uint8Array.from(head), name, payload]));
}

/**
 * Reads one frame; undefined where it is none. A frame of which only the beginning was kept gives as much of its payload
 * as there is, and says so.
 */
export function decodePublish(frame: Uint8Array): (Publication & { isCut: boolean }) | undefined {
	const body = bodyOf(frame);
	if (!body || ((frame[0] ?? 0) & 0xf0) !== PUBLISH) return undefined;
	const whole = frame.subarray(body.start, body.start + body.length);
	const topicBytes = ((whole[0] ?? 0) << 8) | (whole[1] ?? 0);
	if (topicBytes === 0 || whole.length < 2 + topicBytes) return undefined;
	// QoS 1 and 2 carry a packet identifier behind the topic.
	const idBytes = ((frame[0] ?? 0) & 0x06) === 0 ? 0 : 2;
	return {
		topic: Buffer.from(whole.subarray(2, 2 + topicBytes)).toString("utf8"),
		payload: whole.subarray(2 + topicBytes + idBytes),
		isRetained: ((frame[0] ?? 0) & RETAIN) !== 0,
		isCut: whole.length < body.length,
	};
}

/** Where the body of a packet begins and how long it is; undefined where its length has not all come, or is no length. */
function bodyOf(frame: Uint8Array): { start: number; length: number } | undefined {
	let length = 0;
	for (let index = 0; index < LENGTH_BYTES_MAX; index++) {
		const byte = frame[1 + index];
		if (byte === undefined) return undefined;
		length += (byte & 0x7f) * 128 ** index;
		if ((byte & 0x80) === 0) return { start: 2 + index, length };
	}
	return undefined;
}

/** Cuts a stream of MQTT packets. What can be none comes out as it is, and the next chunk begins anew. */
export function splitPublishes(): Splitter<Uint8Array> {
	let begun: Uint8Array = new Uint8Array();
	return {
		push(bytes) {
			const frames: Uint8Array[] = [];
			let rest: Uint8Array = begun.length === 0 ? bytes : Buffer.concat([begun, bytes]);
			while (rest.length > 0) {
				const body = bodyOf(rest);
				const isHopeless = body ? body.length > BODY_BYTES_MAX : rest.length > LENGTH_BYTES_MAX;
				if (!isHopeless && (!body || rest.length < body.start + body.length)) break;
				const end = body && !isHopeless ? body.start + body.length : rest.length;
				frames.push(Uint8Array.from(rest.subarray(0, end)));
				rest = rest.subarray(end);
			}
			begun = rest.length === 0 ? new Uint8Array() : Uint8Array.from(rest);
			return frames;
		},
		discard() {
			const hadBegun = begun.length > 0;
			begun = new Uint8Array();
			return hadBegun;
		},
	};
}

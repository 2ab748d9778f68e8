import { DeviceError } from "../../fault.ts";
import type { Link } from "../../links/link.ts";
import { pause } from "../../pause.ts";
import { decodeMessage, type Message, type Response } from "./opi-codec.ts";
import { splitFrames } from "./opi-frames.ts";

/**
 * One request and its response over a connection of their own, which is closed afterwards (sheet A1). Throws
 * DEVICE_UNREACHABLE where no response comes within `withinMs`, DEVICE_GARBLED where it can't be read.
 */
export async function exchange(link: Link, request: Uint8Array, withinMs: number): Promise<Response> {
	const splitter = splitFrames();
	const { promise: answered, resolve } = Promise.withResolvers<Message>();
	let answer: Message | undefined;
	void answered.then((message) => {
		answer = message;
	});
	link.listen((bytes) => {
		const [frame] = splitter.push(bytes);
		if (frame) resolve(decodeMessage(frame));
	});
	try {
		await link.write(request);
		await pause(withinMs, Promise.race([answered, link.gone]));
		if (answer?.kind === "response") return answer;
		if (answer) throw garbled(answer.kind === "garbled" ? answer.detail : "a request where a response should be");
		if (splitter.discard()) throw garbled("the response was cut off");
		throw new DeviceError("DEVICE_UNREACHABLE", "no response");
	} finally {
		void link.close();
	}
}

const garbled = (detail: string): DeviceError => new DeviceError("DEVICE_GARBLED", detail);

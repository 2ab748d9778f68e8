import { Aedes, type AedesOptions, type AedesPublishPacket, type Client, type PublishPacket } from "aedes";
import type { Audience } from "./audience.ts";
import type { Sessions } from "./sessions.ts";

/** What was dealt with before aedes would forward it: a journaled message, or one that is not valid. */
export const isSettled = Symbol("isSettled");
/** What third-party sensors say among themselves: it goes on at QoS 0, so that it waits in no queue for anyone. */
export const isPassing = Symbol("isPassing");
export type InboundPacket = PublishPacket & { [isSettled]?: true; [isPassing]?: true };

type Deliver = (packet: AedesPublishPacket, callback: () => void) => void;
type Done = (error?: Error) => void;

/** aedes has no limit of its own: without one, a single client could fill the memory with one packet (256 MB). */
const PACKET_BYTES_MAX = 256 * 1024;
const FIRST_PACKET_BYTES_MAX = 16 * 1024;

type Parser = {
	packet: { length: number };
	_parseLength(): boolean;
	emit(event: "error", error: Error): void;
	error: Error | null;
};

/** aedes with what the hub needs besides its hooks. */
export class Engine extends Aedes {
	declare readonly clients: Record<string, Client>;
	readonly #audience: Audience;

	constructor(options: AedesOptions & { persistence: Sessions; audience: Audience }) {
		super(options);
		this.#audience = options.audience;
		const accept = this.handle;
		this.handle = (stream, request) => {
			const client = accept(stream, request);
			limitPackets(client);
			return client;
		};
	}

	/** aedes calls this with the client in between, which its type leaves out. */
	override publish(packet: PublishPacket, client: unknown, done?: Done): void {
		if ((packet as InboundPacket)[isSettled]) {
			(done ?? (client as Done))();
			return;
		}
		const publish = super.publish as (packet: PublishPacket, client: unknown, done?: Done) => void;
		publish.call(this, done || (packet as InboundPacket)[isPassing] ? forwardable(packet) : packet, client, done);
	}

	override subscribe(filter: string, deliver: Deliver, done: () => void): void {
		this.#audience.add(filter);
		super.subscribe(filter, deliver, done);
	}

	override unsubscribe(filter: string, deliver: Deliver, done: () => void): void {
		this.#audience.remove(filter);
		super.unsubscribe(filter, deliver, done);
	}
}

/**
 * What a client sent, as it goes on: no message of the contract is sent on at QoS 2, and a payload that may wait in a
 * queue must not hold the chunk of the socket it was a part of.
 */
const forwardable = (packet: InboundPacket): PublishPacket => ({
	...packet,
	qos: packet[isPassing] ? 0 : packet.qos === 2 ? 1 : packet.qos,
	payload: Buffer.from(packet.payload as Buffer),
});

/** Refuses a packet by its header, before its body is gathered. mqtt-packet has no setting for it. */
function limitPackets(client: Client): void {
	const { _parser: parser } = client as unknown as { _parser: Parser };
	const parseLength = parser._parseLength;
	parser._parseLength = function (this: Parser) {
		const isComplete = parseLength.call(this);
		const max = client.connected ? PACKET_BYTES_MAX : FIRST_PACKET_BYTES_MAX;
		if (isComplete && this.packet.length > max) {
			this.error = new Error(`packet of ${this.packet.length} bytes, at most ${max} are taken`);
			this.emit("error", this.error);
			return false;
		}
		return isComplete;
	};
}

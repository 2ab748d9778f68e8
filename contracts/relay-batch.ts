import { type Static, Type } from "typebox";
import { ClientName, EventId, Hash, Timestamp } from "./fields.ts";

/**
 * Relay to cloud, on the cloud's broker. The payload of a batch is zstd over: one line of JSON (BatchHeader),
 * then `count` lines of JSON (JournalEntry), each ended by \n. QoS 1, not retained.
 */
export const BatchHeader = Type.Object({
	v: Type.Literal(1),
	shop: ClientName,
	shopName: Type.String(),
	box: EventId,
	first: Type.Integer({ minimum: 1 }),
	last: Type.Integer({ minimum: 1 }),
	count: Type.Integer({ minimum: 1 }),
});
export type BatchHeader = Static<typeof BatchHeader>;

/** Cloud to relay, retained: the highest number stored without a gap, and its hash. */
export const Acknowledgement = Type.Object({
	v: Type.Literal(1),
	box: EventId,
	number: Type.Integer({ minimum: 0 }),
	hash: Hash,
	at: Timestamp,
	gap: Type.Optional(
		Type.Boolean({ description: "true where the last batch began beyond number + 1: send again from there" }),
	),
	refused: Type.Optional(
		Type.Object({
			code: Type.String({ description: "CHAIN_BROKEN, CHAIN_FORKED, BATCH_INVALID" }),
			number: Type.Integer({ minimum: 0 }),
			detail: Type.String(),
		}),
	),
});
export type Acknowledgement = Static<typeof Acknowledgement>;

export const batchTopic = (shop: string): string => `kassahub/shops/${shop}/journal`;
export const acknowledgementTopic = (shop: string, box: string): string => `kassahub/shops/${shop}/acks/${box}`;

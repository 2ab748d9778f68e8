import { type Static, Type } from "typebox";
import { Timestamp } from "./fields.ts";
import { defineMessage } from "./message.ts";
import { Reason } from "./reason.ts";

export const Rejection = Type.Object({
	id: Type.Union([Type.String(), Type.Null()], { description: "The event's id, where one could be read" }),
	quarantine: Type.Integer({
		minimum: 1,
		description: "Where the message is kept; a technician can repair and replay it",
	}),
	topic: Type.String(),
	at: Timestamp,
	reasons: Type.Array(Reason, { minItems: 1 }),
});
export type Rejection = Static<typeof Rejection>;

export const rejection = defineMessage({
	name: "rejection",
	summary: "What could not be booked and why, field by field; the message itself is kept in quarantine",
	topic: "kassahub/registers/{register}/rejections",
	qos: 1,
	retain: false,
	from: ["hub"],
	to: ["register"],
	own: ["register"],
	schema: Rejection,
	example: {
		id: "019309a0-5a3f-7c11-b6d2-3f6a0c4e9a10",
		quarantine: 3,
		topic: "kassahub/registers/kassa-1/sales",
		at: "2026-11-23T10:15:00.120+01:00",
		reasons: [
			{
				field: "/total",
				code: "SALE_TOTAL_WRONG",
				message: "/total is 375 cents, expected 374 (the sum of the lines)",
				remedy: "Send 374, or correct the fields it is computed from",
			},
		],
	},
});

import { type Static, Type } from "typebox";
import { Cents, ClientName } from "./fields.ts";
import { defineMessage } from "./message.ts";

export const Drawer = Type.Object({
	register: ClientName,
	expected: Cents,
	lastDifference: Cents,
	isOpen: Type.Boolean({ description: "true between a float and a day close" }),
});
export type Drawer = Static<typeof Drawer>;

export const drawer = defineMessage({
	name: "drawer",
	summary: "What a register's cash drawer should hold, and the difference at its last count, in cents",
	topic: "kassahub/registers/{register}/drawer",
	qos: 0,
	retain: true,
	from: ["hub"],
	to: ["register", "technician"],
	own: ["register"],
	schema: Drawer,
	example: { register: "kassa-1", expected: 15_375, lastDifference: 0, isOpen: true },
});

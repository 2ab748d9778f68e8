import { type Static, Type } from "typebox";
import { DeviceConfig } from "./config.ts";
import { ClientName } from "./fields.ts";

/** A device that was found and could be an entry of devices.yaml. */
export const Proposal = Type.Object({
	name: ClientName,
	entry: DeviceConfig,
	title: Type.String({ description: "What it seems to be, in its own words where it has any" }),
	because: Type.String({ description: "What was seen of it" }),
	usedBy: Type.Optional(Type.String({ description: "The device of devices.yaml that has it already" })),
});
export type Proposal = Static<typeof Proposal>;

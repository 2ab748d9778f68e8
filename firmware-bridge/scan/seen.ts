import type { DeviceConfig } from "@kassahub/contracts/config.ts";

/** Something that was seen, and could be an entry of devices.yaml. */
export type Seen = {
	/** What a shop would call it; the scan makes it unlike every other name. */
	name: string;
	entry: DeviceConfig;
	title: string;
	because: string;
};

/** What came of looking in one place: what was seen, and what a person should know of the rest. */
export type Look = { seen: Seen[]; notes: string[] };

export const nothing = (...notes: string[]): Look => ({ seen: [], notes });

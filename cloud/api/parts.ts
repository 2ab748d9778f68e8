import type { Database } from "../store/database.ts";
import type { LiveTicks } from "./live.ts";

/** What the API needs of the rest of the back office. */
export type Parts = {
	database: Database;
	/** Whether the broker is there, so that sales can come in. */
	isHearing: () => boolean;
	ticks: LiveTicks;
	/** Wall time. */
	now: () => Date;
	/** The token demanded of every request, where the office is reachable from elsewhere. */
	token: string | undefined;
};

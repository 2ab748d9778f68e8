import type { ClientKind } from "@kassahub/contracts/message.ts";
import type { Account } from "../pairing/accounts.ts";

/** A sensor hears what it is commanded by and little else; the bridge hears every sensor in the shop. */
const FILTERS_MAX: Record<ClientKind, number> = {
	sensor: 256,
	register: 1000,
	technician: 1000,
	relay: 1000,
	bridge: Number.POSITIVE_INFINITY,
};

type Filters = { readonly size: number; has(filter: string): boolean };

/** Whether a client that has these filters may have another. */
export const mayAddFilter = ({ kind }: Account, filters: Filters, filter: string): boolean =>
	filters.has(filter) || filters.size < FILTERS_MAX[kind];

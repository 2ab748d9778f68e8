import type { Drawer } from "@kassahub/contracts/drawer.ts";
import type { JournalHead } from "@kassahub/contracts/journal-head.ts";
import type { StockLevel } from "@kassahub/contracts/stock-level.ts";
import { catalogueVersion } from "../shop/catalogue.ts";
import type { Changes, ShopState } from "../shop/state.ts";
import { stockLevel } from "../shop/stock.ts";
import { turnoverOf } from "../shop/turnover.ts";
import type { Changed } from "./protocol.ts";

/** What changed, as it now is, for everyone who watches the shop. */
export function changedNow(state: ShopState, changes: Changes, head: JournalHead, today: string): Changed {
	const day = currentDay(state, changes, today);
	return {
		levels: [...changes.skus].map((sku) => stockLevel(state.stock, state.catalogue, sku) as StockLevel),
		drawers: [...changes.registers].map((register) => state.drawers.get(register) as Drawer),
		...(day === undefined ? {} : { turnover: turnoverOf(state.days, day) }),
		...(changes.isCatalogue ? { catalogue: catalogueVersion(state.catalogue) } : {}),
		head,
	};
}

/**
 * The day whose turnover to show, where it changed: today, once something was sold today; before that the newest day
 * that changed, as of a shop that sells past midnight or a box whose clock was lost.
 */
function currentDay(state: ShopState, changes: Changes, today: string): string | undefined {
	if (changes.days.has(today)) return today;
	return state.days.has(today) ? undefined : [...changes.days].sort().at(-1);
}

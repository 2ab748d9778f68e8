import { euro } from "../kit/figures.ts";
import { Icon } from "../kit/icon.tsx";
import { Switches } from "../kit/switches.tsx";
import type { Till } from "./till.ts";
import { TillDialog } from "./till-dialog.tsx";
import { words } from "./words.ts";

/** On a phone: what has no room in the top bar. */
export function MenuDialog({ till }: { till: Till }) {
	const text = words.value;
	const { total, count } = till.today.value;
	const open = (kind: "refund" | "drawer") => () => {
		till.screen.value = { kind };
	};
	return (
		<TillDialog till={till} title={till.shop.value?.name ?? "Kassahub"}>
			<dl class="due">
				<div class="sum">
					<dt>{text.ownToday}</dt>
					<dd>{euro(total)}</dd>
				</div>
				<div>
					<dt>{till.register}</dt>
					<dd>{text.receipts(count)}</dd>
				</div>
			</dl>
			<button type="button" class="button large" onClick={open("refund")}>
				<Icon name="back" />
				{text.refund}
			</button>
			<button type="button" class="button large" onClick={open("drawer")}>
				<Icon name="drawer" />
				{text.drawer}
			</button>
			<div class="row">
				<Switches />
			</div>
		</TillDialog>
	);
}

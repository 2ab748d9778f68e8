import { Bars } from "../kit/bars.tsx";
import { groupHue, groupName } from "../kit/groups.ts";
import { Empty, Loading } from "../kit/notice.tsx";
import type { HubWatch } from "./hub-watch.ts";
import { words } from "./words.ts";

const GROUPS_SHOWN = 8;

const isMethod = (method: string): method is keyof typeof words.value.method => method in words.value.method;

export function TurnoverSection({ watch }: { watch: HubWatch }) {
	const text = words.value;
	const turnover = watch.turnover.value;
	if (!turnover) return <Loading />;
	const isEmpty = turnover.sales + turnover.refunds === 0;
	return (
		<section class="card">
			<h2>{text.turnoverToday}</h2>
			{isEmpty ? <Empty icon="basket" title={text.noTurnover} /> : null}
			{isEmpty ? null : (
				<>
					<h3>{text.byGroup}</h3>
					<Bars
						rows={[...turnover.byGroup]
							.sort((a, b) => b.total - a.total)
							.slice(0, GROUPS_SHOWN)
							.map(({ group, total }) => ({ key: group, name: groupName(group), amount: total, hue: groupHue(group) }))}
					/>
					<h3>{text.byMethod}</h3>
					<Bars
						rows={turnover.byMethod.map(({ method, amount }) => ({
							key: method,
							name: isMethod(method) ? text.method[method] : method,
							amount,
						}))}
					/>
				</>
			)}
		</section>
	);
}

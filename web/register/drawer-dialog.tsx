import type { CashMovement } from "@kassahub/contracts/cash-movement.ts";
import { useSignal } from "@preact/signals";
import { euro } from "../kit/figures.ts";
import { Icon } from "../kit/icon.tsx";
import { Pill } from "../kit/notice.tsx";
import { AmountPad } from "./amount-pad.tsx";
import type { Till } from "./till.ts";
import { TillDialog } from "./till-dialog.tsx";
import { words } from "./words.ts";

const TYPES = ["float", "pay-in", "pay-out", "count", "day-close"] as const satisfies readonly CashMovement["type"][];

/** The cash drawer: what should be in it, and float, money in and out, count and day close. */
export function DrawerDialog({ till }: { till: Till }) {
	const text = words.value;
	const drawer = till.feed.drawer.value;
	const type = useSignal<CashMovement["type"]>(drawer?.isOpen ? "count" : "float");
	const cents = useSignal(0);
	const reason = useSignal("");
	const needsReason = type.value === "pay-in" || type.value === "pay-out";
	const printer = till.printer();
	return (
		<TillDialog till={till} title={text.drawerTitle} isWide={true}>
			<div class="drawer-state">
				{drawer ? (
					<dl class="due">
						<div class="sum">
							<dt>{text.drawerExpected}</dt>
							<dd>{euro(drawer.expected)}</dd>
						</div>
						<div>
							<dt>{text.drawerLast}</dt>
							<dd>{euro(drawer.lastDifference)}</dd>
						</div>
					</dl>
				) : (
					<p class="soft">{text.drawerUnknown}</p>
				)}
				<div class="row">
					{drawer ? (
						<Pill tone={drawer.isOpen ? "good" : "warn"}>{drawer.isOpen ? text.drawerOpen : text.drawerClosed}</Pill>
					) : null}
					{printer ? (
						<button
							type="button"
							class="button"
							onClick={() => void till.commands.send(printer.device, { action: "open-drawer" }, text.drawerOpened)}
						>
							<Icon name="drawer" />
							{text.openDrawer}
						</button>
					) : null}
				</div>
			</div>
			<div class="row">
				{TYPES.map((one) => (
					<button
						key={one}
						type="button"
						class="button"
						aria-pressed={type.value === one}
						onClick={() => {
							type.value = one;
						}}
					>
						{text.event[one]}
					</button>
				))}
			</div>
			<form
				class="drawer-form"
				onSubmit={(event) => {
					event.preventDefault();
					void till.bookCash(type.value, cents.value, reason.value.trim());
					till.screen.value = undefined;
				}}
			>
				<div class="drawer-amount">
					<span class="soft">{text.amount}</span>
					<output>{euro(cents.value)}</output>
					{needsReason ? (
						<label class="field">
							<span>{text.reason}</span>
							<input
								class="input"
								maxLength={120}
								placeholder={text.reasonHint}
								value={reason.value}
								onInput={(event) => {
									reason.value = event.currentTarget.value;
								}}
							/>
						</label>
					) : null}
					<button type="submit" class="button primary large" data-first disabled={needsReason && cents.value === 0}>
						{text.book}: {text.event[type.value]}
					</button>
				</div>
				<AmountPad cents={cents} />
			</form>
		</TillDialog>
	);
}

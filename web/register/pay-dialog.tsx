import { type Signal, useSignal } from "@preact/signals";
import { Dialog } from "../kit/dialog.tsx";
import { euro } from "../kit/figures.ts";
import { say } from "../kit/toast.tsx";
import { AmountPad } from "./amount-pad.tsx";
import { dueFor, type Tender } from "./checkout.ts";
import { DueList } from "./due-list.tsx";
import { sumOf } from "./pin-payment.ts";
import { PartPaid, PinProgress, PinTab } from "./pin-tab.tsx";
import { quickAmounts } from "./quick-amounts.ts";
import type { Till } from "./till.ts";
import { words } from "./words.ts";

export function PayDialog({ till }: { till: Till }) {
	const text = words.value;
	const { pin } = till;
	const paid = pin.paid.value;
	const method = useSignal<Tender["method"]>(paid.length > 0 || pin.payment.value ? "pin" : "cash");
	const { total, due } = dueFor(till.basket.value, "pin", paid);
	const close = (): void => {
		if (pin.isLocked.value) {
			say(text.pinFirst, "bad", "pin-first");
			return;
		}
		pin.dismiss();
		till.screen.value = undefined;
	};
	return (
		<Dialog title={total < 0 ? text.refundTitle : text.payTitle} isWide={true} onClose={close}>
			{pin.payment.value ? (
				<PinProgress till={till} payment={pin.payment.value} />
			) : paid.length > 0 && due === 0 ? (
				<AllPaid till={till} />
			) : (
				<>
					{paid.length > 0 ? <PartPaid till={till} paid={sumOf(paid)} /> : null}
					<Methods till={till} method={method} />
					{method.value === "cash" ? <Cash till={till} /> : <PinTab till={till} />}
				</>
			)}
		</Dialog>
	);
}

function Methods({ till, method }: { till: Till; method: Signal<Tender["method"]> }) {
	const text = words.value;
	const pin = till.terminal() ? text.pinTab : text.pin;
	return (
		<div class="methods" role="tablist">
			{(["cash", "pin"] as const).map((one) => (
				<button
					key={one}
					type="button"
					role="tab"
					class="button large"
					aria-selected={method.value === one}
					onClick={() => {
						method.value = one;
					}}
				>
					{one === "cash" ? text.cash : pin}
				</button>
			))}
		</div>
	);
}

/** The sale completes by itself; this stands where there was no room to store it. */
function AllPaid({ till }: { till: Till }) {
	return (
		<>
			<DueList till={till} method="pin" />
			<button type="button" class="button primary large" onClick={() => void till.pay({ method: "pin" })}>
				{words.value.pinFinish}
			</button>
		</>
	);
}

function Cash({ till }: { till: Till }) {
	const text = words.value;
	const { due } = dueFor(till.basket.value, "cash", till.pin.paid.value);
	const tendered = useSignal(0);
	const left = tendered.value - due;
	const confirm = (): void => {
		void till.pay(due > 0 && tendered.value > 0 ? { method: "cash", tendered: tendered.value } : { method: "cash" });
	};
	if (due <= 0) {
		return (
			<>
				<DueList till={till} method="cash" />
				<button type="button" class="button primary large" data-first onClick={confirm}>
					{text.confirmPayOut}
				</button>
			</>
		);
	}
	// Not `disabled`: while digits are typed the button would lose the focus, and Enter its meaning.
	const isEnough = tendered.value === 0 || left >= 0;
	return (
		<form
			class="pay-cash"
			onSubmit={(event) => {
				event.preventDefault();
				if (isEnough) confirm();
			}}
		>
			<div class="pay-left">
				<DueList till={till} method="cash" />
				<dl class="due">
					<div>
						<dt>{text.received}</dt>
						<dd>{tendered.value === 0 ? text.exact : euro(tendered.value)}</dd>
					</div>
					<div class={isEnough ? "sum change" : "sum change short"}>
						<dt>{text.change}</dt>
						<dd aria-live="polite">{isEnough ? euro(tendered.value === 0 ? 0 : left) : text.tooLittle(euro(-left))}</dd>
					</div>
				</dl>
			</div>
			<div class="pay-right">
				<div class="quick">
					{quickAmounts(due).map((amount) => (
						<button
							key={amount}
							type="button"
							class="button"
							aria-pressed={tendered.value === amount}
							onClick={() => {
								tendered.value = amount;
							}}
						>
							{amount === due ? text.exact : euro(amount)}
						</button>
					))}
				</div>
				<AmountPad cents={tendered} />
			</div>
			<button type="submit" class="button primary large" aria-disabled={!isEnough} data-first>
				{text.confirmCash}
			</button>
		</form>
	);
}

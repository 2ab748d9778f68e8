import { useSignal } from "@preact/signals";
import { euro } from "../kit/figures.ts";
import { AmountPad } from "./amount-pad.tsx";
import { dueFor, type Tender } from "./checkout.ts";
import { quickAmounts } from "./quick-amounts.ts";
import type { Till } from "./till.ts";
import { TillDialog } from "./till-dialog.tsx";
import { words } from "./words.ts";

export function PayDialog({ till }: { till: Till }) {
	const text = words.value;
	const method = useSignal<Tender["method"]>("cash");
	const { due } = dueFor(till.basket.value, method.value);
	return (
		<TillDialog till={till} title={due < 0 ? text.refundTitle : text.payTitle} isWide={true}>
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
						{one === "cash" ? text.cash : text.pin}
					</button>
				))}
			</div>
			{method.value === "cash" ? <Cash till={till} /> : <Pin till={till} />}
		</TillDialog>
	);
}

function Due({ till, method }: { till: Till; method: Tender["method"] }) {
	const text = words.value;
	const { total, due, rounding } = dueFor(till.basket.value, method);
	return (
		<dl class="due">
			<div>
				<dt>{text.total}</dt>
				<dd>{euro(total)}</dd>
			</div>
			<div>
				<dt>{method === "cash" ? text.rounding : ""}</dt>
				<dd>{method === "cash" ? euro(rounding) : ""}</dd>
			</div>
			<div class="sum">
				<dt>{due < 0 ? text.toPayOut : text.toPay}</dt>
				<dd>{euro(Math.abs(due))}</dd>
			</div>
		</dl>
	);
}

function Cash({ till }: { till: Till }) {
	const text = words.value;
	const { due } = dueFor(till.basket.value, "cash");
	const tendered = useSignal(0);
	const left = tendered.value - due;
	const confirm = (): void => {
		void till.pay(due > 0 && tendered.value > 0 ? { method: "cash", tendered: tendered.value } : { method: "cash" });
	};
	if (due <= 0) {
		return (
			<>
				<Due till={till} method="cash" />
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
				<Due till={till} method="cash" />
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

function Pin({ till }: { till: Till }) {
	const text = words.value;
	const { due } = dueFor(till.basket.value, "pin");
	return (
		<>
			<Due till={till} method="pin" />
			<p class="soft">{due < 0 ? text.pinRefundHint : text.pinHint}</p>
			<button type="button" class="button primary large" onClick={() => void till.pay({ method: "pin" })}>
				{due < 0 ? text.confirmPayOut : text.confirmPin}
			</button>
		</>
	);
}

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { faultWords } from "../kit/fault-words.ts";
import { euro } from "../kit/figures.ts";
import { language } from "../kit/language.ts";
import { Notice } from "../kit/notice.tsx";
import { dueFor } from "./checkout.ts";
import { DueList } from "./due-list.tsx";
import type { PinPayment } from "./pin-payment.ts";
import type { Till } from "./till.ts";
import { words } from "./words.ts";

/** Paying on the terminal that serves this register, or on one that the hub knows nothing of. */
export function PinTab({ till }: { till: Till }) {
	const text = words.value;
	const isSeparate = useSignal(false);
	const terminal = till.terminal();
	const { due } = dueFor(till.basket.value, "pin", till.pin.paid.value);
	if (!terminal || isSeparate.value) {
		return (
			<>
				<DueList till={till} method="pin" />
				<p class="soft">{due < 0 ? text.pinRefundHint : text.pinHint}</p>
				<button type="button" class="button primary large" onClick={() => void till.pay({ method: "pin" })}>
					{due < 0 ? text.confirmPayOut : text.confirmPin}
				</button>
				{terminal ? (
					<button
						type="button"
						class="button quiet"
						onClick={() => {
							isSeparate.value = false;
						}}
					>
						{text.pinHere}
					</button>
				) : null}
			</>
		);
	}
	const state = till.feed.devices.value.get(terminal.device)?.state;
	return (
		<>
			<DueList till={till} method="pin" />
			{state === "online" ? null : <Notice tone="warn" title={text.pinOffline} />}
			<button type="button" class="button primary large" onClick={() => void till.pin.start(terminal.device, due)}>
				{due < 0 ? text.pinRefund(euro(-due)) : text.pinPay(euro(due))}
			</button>
			<button
				type="button"
				class="button quiet"
				onClick={() => {
					isSeparate.value = true;
				}}
			>
				{text.pinSeparate}
			</button>
		</>
	);
}

/** A part was approved: the rest is still to be paid, or the part goes back. */
export function PartPaid({ till, paid }: { till: Till; paid: number }) {
	const text = words.value;
	const terminal = till.terminal();
	return (
		<>
			<Notice tone="warn" title={text.pinPart(euro(Math.abs(paid)))} text={text.pinPartWhat} />
			{terminal ? (
				<button type="button" class="button" onClick={() => void till.pin.start(terminal.device, -paid)}>
					{text.pinUndoPart}
				</button>
			) : null}
		</>
	);
}

/** The payment on the terminal: what it says, and what the cashier can do. */
export function PinProgress({ till, payment }: { till: Till; payment: PinPayment }) {
	const text = words.value;
	const { phase, request, message, mayCancel } = payment;
	const element = useRef<HTMLDivElement>(null);
	// Never a button: an Enter that was meant for what stood here before would answer a question about money.
	useEffect(() => element.current?.focus(), [phase]);
	return (
		<div class="pin-progress" ref={element} tabIndex={-1}>
			<dl class="due">
				<div class="sum">
					<dt>{request.type === "refund" ? text.pinRefunding : text.pinPaying}</dt>
					<dd>{euro(request.amount)}</dd>
				</div>
			</dl>
			<p class="pin-words" role="status" aria-live="polite">
				{phase === "sending" ? (till.live.status.value === "live" ? text.pinSending : text.pinSearching) : ""}
				{phase === "at-terminal" ? (message?.[language.value] ?? text.pinAtTerminal) : ""}
			</p>
			{phase === "at-terminal" ? (
				<button type="button" class="button large" disabled={!mayCancel} onClick={() => void till.pin.cancel()}>
					{text.pinCancel}
				</button>
			) : null}
			{phase === "unknown" ? <Unknown till={till} /> : null}
			{phase === "not-paid" || phase === "never-sent" ? <NotPaid till={till} payment={payment} /> : null}
		</div>
	);
}

function Unknown({ till }: { till: Till }) {
	const text = words.value;
	const { sentence, remedy } = faultWords("PAYMENT_UNKNOWN");
	return (
		<>
			<Notice tone="bad" title={sentence} text={remedy} />
			<div class="done-actions">
				<button type="button" class="button large" onClick={() => void till.pin.settle("approved", text.pinSeenReason)}>
					{text.pinSeenPaid}
				</button>
				<button type="button" class="button large" onClick={() => void till.pin.settle("declined", text.pinSeenReason)}>
					{text.pinSeenNotPaid}
				</button>
			</div>
		</>
	);
}

function NotPaid({ till, payment }: { till: Till; payment: PinPayment }) {
	const text = words.value;
	const { request, fault } = payment;
	const { sentence, remedy } = fault
		? faultWords(fault)
		: { sentence: text.pinNeverSent, remedy: text.pinNeverSentWhat };
	const amount = request.type === "refund" ? -request.amount : request.amount;
	return (
		<>
			<Notice tone="bad" title={sentence} text={remedy} />
			<div class="done-actions">
				<button
					type="button"
					class="button primary large"
					onClick={() => void till.pin.start(request.terminal, amount)}
				>
					{text.pinAgain}
				</button>
				<button type="button" class="button large" onClick={() => till.pin.dismiss()}>
					{text.back}
				</button>
			</div>
		</>
	);
}

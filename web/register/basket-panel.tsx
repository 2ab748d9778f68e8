import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { amountOf, euro, perUnit } from "../kit/figures.ts";
import { Icon } from "../kit/icon.tsx";
import { Empty } from "../kit/notice.tsx";
import {
	type BasketLine,
	basketTotal,
	changeQuantity,
	EMPTY_BASKET,
	itemCount,
	PIECE,
	removeLine,
	totalOf,
} from "./basket.ts";
import { lineName } from "./line-name.ts";
import type { Till } from "./till.ts";
import { words } from "./words.ts";

/** On a phone the basket is a sheet that is pulled up. */
const isRaised = signal(false);

function Line({ till, line }: { till: Till; line: BasketLine }) {
	const text = words.value;
	const isCounted = line.unit === "pcs" && !line.isRefund;
	const step = (by: number) => () => {
		till.basket.value = changeQuantity(till.basket.value, line.key, line.quantity + by);
	};
	const details = [
		line.unit === "pcs" && Math.abs(line.quantity) === PIECE
			? undefined
			: `${amountOf(line.quantity, line.unit)} × ${euro(line.unitPrice)}${perUnit(line.unit)}`,
		line.isManualWeight ? text.manual : undefined,
		line.discount > 0 ? `${text.discount.toLowerCase()} ${euro(-line.discount)}` : undefined,
		line.isRefund ? text.refundOfLine : undefined,
	].filter(Boolean);
	return (
		<li class={line.isRefund ? "line refund" : "line"}>
			<div class="line-text">
				<span class="line-name">{lineName(line)}</span>
				<span class="line-total">{euro(totalOf(line))}</span>
			</div>
			<div class="line-actions">
				{isCounted ? (
					<>
						<button
							type="button"
							class="button icon-only"
							aria-label={`${text.less}: ${lineName(line)}`}
							onClick={step(-PIECE)}
						>
							<Icon name={line.quantity > PIECE ? "minus" : "trash"} />
						</button>
						<output class="line-count">{amountOf(line.quantity, "pcs")}</output>
						<button
							type="button"
							class="button icon-only"
							aria-label={`${text.more}: ${lineName(line)}`}
							onClick={step(PIECE)}
						>
							<Icon name="plus" />
						</button>
					</>
				) : (
					<button
						type="button"
						class="button icon-only"
						aria-label={`${text.remove}: ${lineName(line)}`}
						onClick={() => {
							till.basket.value = removeLine(till.basket.value, line.key);
						}}
					>
						<Icon name="trash" />
					</button>
				)}
				<span class="line-details soft">{details.join(" · ")}</span>
				{line.isRefund ? null : (
					<button
						type="button"
						class="button quiet icon-only"
						aria-label={`${text.editLine}: ${lineName(line)}`}
						onClick={() => {
							till.screen.value = { kind: "line", key: line.key };
						}}
					>
						<Icon name="percent" />
					</button>
				)}
			</div>
		</li>
	);
}

export function BasketPanel({ till }: { till: Till }) {
	const text = words.value;
	const basket = till.basket.value;
	const total = basketTotal(basket);
	const isEmpty = basket.lines.length === 0;
	const list = useRef<HTMLUListElement>(null);
	const lastLine = basket.lines.at(-1);
	// What was just rung up must be in sight, also on a long receipt.
	useEffect(() => {
		list.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
	}, [basket.lines.length, lastLine?.quantity]);
	useEffect(() => {
		if (isEmpty) isRaised.value = false;
	}, [isEmpty]);
	return (
		<aside class={isRaised.value ? "basket raised" : "basket"} aria-label={text.basket}>
			<button
				type="button"
				class="basket-handle"
				aria-expanded={isRaised.value}
				onClick={() => {
					isRaised.value = !isRaised.value;
				}}
			>
				<Icon name="basket" />
				<span>{isEmpty ? text.basketEmpty : text.items(itemCount(basket))}</span>
				<Icon name="chevron" />
			</button>
			<header class="basket-head">
				<h2>{text.basket}</h2>
				<span class="soft">{isEmpty ? "" : text.items(itemCount(basket))}</span>
				<button
					type="button"
					class="button quiet icon-only"
					aria-label={text.clearBasket}
					disabled={isEmpty}
					onClick={() => {
						till.basket.value = EMPTY_BASKET;
					}}
				>
					<Icon name="trash" />
				</button>
			</header>
			<ul class="lines" ref={list}>
				{basket.lines.map((line) => (
					<Line key={line.key} till={till} line={line} />
				))}
				{isEmpty ? (
					<li>
						<Empty icon="basket" title={text.basketEmpty} text={text.basketEmptyText} />
					</li>
				) : null}
			</ul>
			<footer class="basket-foot">
				<div class="basket-total">
					<span>{text.total}</span>
					<strong class="sum" aria-live="polite">
						{euro(total)}
					</strong>
				</div>
				<button
					type="button"
					class="button primary large pay"
					disabled={isEmpty}
					onClick={() => {
						isRaised.value = false;
						till.screen.value = { kind: "pay" };
					}}
				>
					{total < 0 ? text.payOut : text.pay}
					{isEmpty ? null : <span class="pay-total">{euro(Math.abs(total))}</span>}
				</button>
			</footer>
		</aside>
	);
}

import { useSignal } from "@preact/signals";
import { amountOf, euro } from "../kit/figures.ts";
import { Icon } from "../kit/icon.tsx";
import { changeQuantity, discountLine, PIECE, percentOff, removeLine, totalOf } from "./basket.ts";
import { readDecimal } from "./keypad.ts";
import { lineName } from "./line-name.ts";
import type { Till } from "./till.ts";
import { TillDialog } from "./till-dialog.tsx";
import { words } from "./words.ts";

const PERCENTS = [10, 20, 25, 50];

/** One line of the basket: its quantity and a discount, as a share or an amount. */
export function LineDialog({ till, lineKey }: { till: Till; lineKey: string }) {
	const text = words.value;
	const typed = useSignal("");
	const line = till.basket.value.lines.find(({ key }) => key === lineKey);
	if (!line) return null;
	const close = (): void => {
		till.screen.value = undefined;
	};
	const setDiscount = (cents: number): void => {
		till.basket.value = discountLine(till.basket.value, lineKey, cents);
	};
	const setQuantity = (quantity: number): void => {
		till.basket.value = changeQuantity(till.basket.value, lineKey, quantity);
		if (quantity <= 0) close();
	};
	const amount = readDecimal(typed.value, 2);
	return (
		<TillDialog till={till} title={lineName(line)}>
			<div class="line-summary">
				<span class="soft">
					{amountOf(line.quantity, line.unit)} × {euro(line.unitPrice)}
					{line.discount > 0 ? ` · ${text.discount.toLowerCase()} ${euro(-line.discount)}` : ""}
				</span>
				<strong>{euro(totalOf(line))}</strong>
			</div>
			{line.unit === "pcs" ? (
				<div class="stepper">
					<span>{text.quantity}</span>
					<button
						type="button"
						class="button icon-only"
						aria-label={text.less}
						onClick={() => setQuantity(line.quantity - PIECE)}
					>
						<Icon name="minus" />
					</button>
					<output>{amountOf(line.quantity, "pcs")}</output>
					<button
						type="button"
						class="button icon-only"
						aria-label={text.more}
						onClick={() => setQuantity(line.quantity + PIECE)}
					>
						<Icon name="plus" />
					</button>
				</div>
			) : null}
			<fieldset class="choices">
				<legend>{text.discount}</legend>
				<button type="button" class="button" aria-pressed={line.discount === 0} onClick={() => setDiscount(0)}>
					{text.noDiscount}
				</button>
				{PERCENTS.map((percent) => (
					<button
						key={percent}
						type="button"
						class="button"
						aria-pressed={line.discount > 0 && line.discount === percentOff(line, percent)}
						onClick={() => setDiscount(percentOff(line, percent))}
					>
						{percent}%
					</button>
				))}
			</fieldset>
			<form
				class="by-hand"
				onSubmit={(event) => {
					event.preventDefault();
					if (amount === undefined) return;
					setDiscount(amount);
					close();
				}}
			>
				<label class="field">
					<span>{text.discountAmount}</span>
					<input
						class="input"
						inputmode="decimal"
						autocomplete="off"
						placeholder="0,00"
						value={typed.value}
						onInput={(event) => {
							typed.value = event.currentTarget.value;
						}}
					/>
				</label>
				<button type="submit" class="button" disabled={amount === undefined}>
					{text.apply}
				</button>
			</form>
			<button
				type="button"
				class="button danger"
				onClick={() => {
					till.basket.value = removeLine(till.basket.value, lineKey);
					close();
				}}
			>
				<Icon name="trash" />
				{text.remove}
			</button>
		</TillDialog>
	);
}

import { formatAmount } from "@kassahub/contracts/money.ts";
import { useSignal } from "@preact/signals";
import { uuidv7 } from "uuidv7";
import { amountOf, dayAndTime, euro } from "../kit/figures.ts";
import { Icon } from "../kit/icon.tsx";
import { Empty, Notice } from "../kit/notice.tsx";
import { PIECE, type Refundable, refundableLines, refundBasket } from "./basket.ts";
import type { KeptSale } from "./store.ts";
import type { Till } from "./till.ts";
import { TillDialog } from "./till-dialog.tsx";
import { words } from "./words.ts";

const SHOWN_MAX = 60;

export function RefundDialog({ till }: { till: Till }) {
	const chosen = useSignal<KeptSale | undefined>(undefined);
	return (
		<TillDialog till={till} title={chosen.value ? words.value.refundWhich : words.value.refundPick} isWide={true}>
			{chosen.value ? (
				<PickLines
					till={till}
					kept={chosen.value}
					onBack={() => {
						chosen.value = undefined;
					}}
				/>
			) : (
				<PickSale
					till={till}
					onPick={(kept) => {
						chosen.value = kept;
					}}
				/>
			)}
		</TillDialog>
	);
}

function PickSale({ till, onPick }: { till: Till; onPick: (kept: KeptSale) => void }) {
	const text = words.value;
	const query = useSignal("");
	const sales = till.sales.value.filter(({ sale }) => sale.lines.some(({ quantity }) => quantity > 0));
	const found = sales.filter((kept) => matches(kept, query.value)).slice(0, SHOWN_MAX);
	if (sales.length === 0) return <Empty icon="list" title={text.refundNone} text={text.refundNoneText} />;
	return (
		<>
			<input
				class="input"
				type="text"
				autocomplete="off"
				placeholder={text.refundPickHint}
				aria-label={text.refundPickHint}
				value={query.value}
				onInput={(event) => {
					query.value = event.currentTarget.value;
				}}
			/>
			<ul class="sales">
				{found.map((kept) => (
					<li key={kept.id}>
						<button type="button" class="sale" onClick={() => onPick(kept)}>
							<span class="sale-when">
								{dayAndTime(kept.sale.at)}
								<small class="soft">{kept.number ? text.receiptNumber(kept.number) : text.notBookedYet}</small>
							</span>
							<span class="sale-what soft">{kept.sale.lines.map(({ name }) => name).join(", ")}</span>
							<strong>{euro(kept.sale.total)}</strong>
						</button>
					</li>
				))}
				{found.length === 0 ? <Empty icon="search" title={text.refundNoneFound} /> : null}
			</ul>
		</>
	);
}

function matches({ number, sale }: KeptSale, query: string): boolean {
	const asked = query.trim().toLowerCase();
	if (asked === "") return true;
	if (String(number ?? "") === asked.replace(/^nr?o?\.?\s*/, "")) return true;
	if (formatAmount(sale.total).startsWith(asked.replace(".", ","))) return true;
	return sale.lines.some(({ name, sku }) => sku === asked || name.toLowerCase().includes(asked));
}

function PickLines({ till, kept, onBack }: { till: Till; kept: KeptSale; onBack: () => void }) {
	const text = words.value;
	const back = useSignal<Readonly<Record<number, number>>>({});
	const lines = refundableLines(
		kept.sale,
		till.sales.value.map(({ sale }) => sale),
	);
	const chosen = lines.map((refundable) => ({ refundable, quantity: back.value[refundable.index] ?? 0 }));
	const set = ({ index }: Refundable, quantity: number): void => {
		back.value = { ...back.value, [index]: quantity };
	};
	return (
		<>
			<div class="row">
				<button type="button" class="button quiet" onClick={onBack}>
					<Icon name="back" />
					{text.back}
				</button>
				<span class="soft">
					{dayAndTime(kept.sale.at)}
					{kept.number ? ` · ${text.receiptNumber(kept.number)}` : ""} · {euro(kept.sale.total)}
				</span>
				<span style={{ flex: 1 }} />
				<PrintAgain till={till} kept={kept} />
			</div>
			{lines.length === 0 ? <Notice tone="warn" title={text.refundAgain} /> : null}
			<ul class="refund-lines">
				{chosen.map(({ refundable, quantity }) => (
					<li key={refundable.index} class={quantity > 0 ? "chosen" : ""}>
						<span>
							{refundable.line.name}
							<small class="soft">
								{text.refundOf(amountOf(refundable.quantity, refundable.line.unit))} × {euro(refundable.line.unitPrice)}
							</small>
						</span>
						<QuantityBack refundable={refundable} quantity={quantity} onSet={(next) => set(refundable, next)} />
					</li>
				))}
			</ul>
			<div class="done-actions">
				<button
					type="button"
					class="button large"
					disabled={lines.length === 0}
					onClick={() => {
						back.value = Object.fromEntries(lines.map(({ index, quantity }) => [index, quantity]));
					}}
				>
					{text.refundAll}
				</button>
				<button
					type="button"
					class="button primary large"
					disabled={chosen.every(({ quantity }) => quantity === 0)}
					onClick={() => {
						const refund = refundBasket(kept.id, chosen, uuidv7);
						// One sale names one other: lines of an earlier choice make way.
						const others = till.basket.value.lines.filter(({ isRefund }) => !isRefund);
						till.basket.value = { ...refund, lines: [...refund.lines, ...others] };
						till.screen.value = undefined;
					}}
				>
					{text.refundAdd}
				</button>
			</div>
		</>
	);
}

/** Pieces come back one by one, anything weighed as a whole. */
function QuantityBack(props: { refundable: Refundable; quantity: number; onSet: (quantity: number) => void }) {
	const text = words.value;
	const { refundable, quantity, onSet } = props;
	if (refundable.line.unit !== "pcs") {
		return (
			<button
				type="button"
				class="button"
				aria-pressed={quantity > 0}
				onClick={() => onSet(quantity > 0 ? 0 : refundable.quantity)}
			>
				{amountOf(refundable.quantity, refundable.line.unit)}
			</button>
		);
	}
	return (
		<span class="stepper">
			<button
				type="button"
				class="button icon-only"
				aria-label={`${text.less}: ${refundable.line.name}`}
				disabled={quantity === 0}
				onClick={() => onSet(quantity - PIECE)}
			>
				<Icon name="minus" />
			</button>
			<output>{amountOf(quantity, "pcs")}</output>
			<button
				type="button"
				class="button icon-only"
				aria-label={`${text.more}: ${refundable.line.name}`}
				disabled={quantity >= refundable.quantity}
				onClick={() => onSet(quantity + PIECE)}
			>
				<Icon name="plus" />
			</button>
		</span>
	);
}

function PrintAgain({ till, kept }: { till: Till; kept: KeptSale }) {
	const printer = till.printer();
	const shop = till.shop.value;
	if (!printer || !shop) return null;
	return (
		<button type="button" class="button" onClick={() => till.commands.print(printer.device, shop, kept, true)}>
			<Icon name="printer" />
			{words.value.printAgain}
		</button>
	);
}

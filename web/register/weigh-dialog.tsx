import { lineTotal } from "@kassahub/contracts/money.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import { useSignal } from "@preact/signals";
import { faultWords } from "../kit/fault-words.ts";
import { amountOf, euro, perUnit } from "../kit/figures.ts";
import { Icon } from "../kit/icon.tsx";
import { kitWords } from "../kit/language.ts";
import { Notice } from "../kit/notice.tsx";
import type { WeightReading } from "./feed.ts";
import { readDecimal } from "./keypad.ts";
import { lineName } from "./line-name.ts";
import type { Till } from "./till.ts";
import { TillDialog } from "./till-dialog.tsx";
import { words } from "./words.ts";

/** What the scale says, in words; only a still weight above zero can be taken. */
function weightWords(reading: WeightReading | undefined): { text: string; grams: number | undefined } {
	const text = words.value;
	if (!reading) return { text: text.scaleWaiting, grams: undefined };
	switch (reading.state) {
		case "stable":
			if (reading.grams === 0) return { text: text.scaleEmpty, grams: undefined };
			return { text: text.scaleStable, grams: reading.grams };
		case "moving":
			return { text: text.scaleMoving, grams: undefined };
		case "under-zero":
			return { text: text.scaleUnder, grams: undefined };
		case "over-capacity":
			return { text: text.scaleOver, grams: undefined };
		case "unknown":
			return { text: text.scaleUnknown, grams: undefined };
	}
}

function LiveWeight({ till, product, scale }: { till: Till; product: Product; scale: string }) {
	const text = words.value;
	const device = till.feed.devices.value.get(scale);
	const reading = till.feed.weights.value.get(scale);
	const { text: said, grams } = weightWords(reading);
	if (till.live.status.value !== "live") return <Notice tone="warn" title={text.scaleOffline} text={text.hubAway} />;
	if (device && device.state !== "online") {
		const fault = device.fault ? faultWords(device.fault.code) : undefined;
		return (
			<Notice tone="warn" title={fault?.sentence ?? text.scaleOffline} {...(fault ? { text: fault.remedy } : {})} />
		);
	}
	const price = grams === undefined ? undefined : lineTotal({ quantity: grams, unitPrice: product.unitPrice });
	return (
		<>
			<div class={`weight ${grams === undefined ? "" : "steady"}`}>
				<output class="weight-figure">{grams === undefined ? "– – –" : amountOf(grams, "kg")}</output>
				<p class="weight-state" role="status">
					<Icon name={grams === undefined ? "scale" : "check"} />
					{said}
					{reading?.state === "stable" && reading.net ? ` (${text.net})` : ""}
				</p>
			</div>
			<button
				type="button"
				data-first
				class="button primary large"
				disabled={grams === undefined}
				onClick={() => {
					if (grams === undefined) return;
					till.ringUp(product, grams, false);
					till.screen.value = undefined;
				}}
			>
				{text.takeWeight(euro(price ?? 0))}
			</button>
			<div class="row">
				<button type="button" class="button" onClick={() => void till.commands.send(scale, { action: "zero" })}>
					{text.zero}
				</button>
				<button type="button" class="button" onClick={() => void till.commands.send(scale, { action: "tare" })}>
					{text.tare}
				</button>
				<button type="button" class="button" onClick={() => void till.commands.send(scale, { action: "clear-tare" })}>
					{text.clearTare}
				</button>
			</div>
		</>
	);
}

export function WeighDialog({ till, product }: { till: Till; product: Product }) {
	const text = words.value;
	const scales = till.shop.value?.scales ?? [];
	const chosen = useSignal(scales[0]?.device);
	const typed = useSignal("");
	const isWeighed = product.unit === "kg";
	const quantity = readDecimal(typed.value, 3);
	const isValid = quantity !== undefined && quantity > 0 && quantity < 1_000_000;
	const unit = kitWords.value.unit[product.unit];
	return (
		<TillDialog till={till} title={lineName(product)}>
			<p class="weigh-price">
				<strong>{euro(product.unitPrice)}</strong>
				<span class="soft">{perUnit(product.unit)}</span>
				{isWeighed ? <span class="soft">· {text.weighHint}</span> : null}
			</p>
			{isWeighed && scales.length > 1 ? (
				<div class="row">
					{scales.map(({ device }) => (
						<button
							key={device}
							type="button"
							class="button"
							aria-pressed={chosen.value === device}
							onClick={() => {
								chosen.value = device;
							}}
						>
							{device}
						</button>
					))}
				</div>
			) : null}
			{isWeighed && chosen.value ? <LiveWeight till={till} product={product} scale={chosen.value} /> : null}
			{isWeighed && !chosen.value ? <Notice tone="warn" title={text.scaleNone} /> : null}
			<form
				class="by-hand"
				onSubmit={(event) => {
					event.preventDefault();
					if (!isValid) return;
					till.ringUp(product, quantity, isWeighed);
					till.screen.value = undefined;
				}}
			>
				<label class="field">
					<span>{isWeighed ? `${text.byHand} (${unit})` : text.byHandKg(unit)}</span>
					<input
						class="input"
						inputmode="decimal"
						autocomplete="off"
						placeholder="0,000"
						value={typed.value}
						onInput={(event) => {
							typed.value = event.currentTarget.value;
						}}
					/>
				</label>
				<button type="submit" class="button" disabled={!isValid}>
					{text.add}
					{isValid ? ` · ${euro(lineTotal({ quantity, unitPrice: product.unitPrice }))}` : ""}
				</button>
				{isWeighed ? <p class="soft small">{text.byHandNote}</p> : null}
			</form>
		</TillDialog>
	);
}

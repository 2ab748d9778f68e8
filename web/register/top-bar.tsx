import { euro } from "../kit/figures.ts";
import { Icon } from "../kit/icon.tsx";
import { Switches } from "../kit/switches.tsx";
import { looksLikeCode } from "./scan.ts";
import { searchProducts } from "./search.ts";
import type { Till } from "./till.ts";
import { words } from "./words.ts";

/** Whether this register is in touch with the hub, and what is not in the books yet. */
function StateChip({ till }: { till: Till }) {
	const text = words.value;
	const status = till.live.status.value;
	const waiting = till.waiting.value.length;
	const attention = till.attention.value.length;
	const tone = attention > 0 ? "bad" : status === "live" ? "good" : "warn";
	const state = status === "live" ? text.live : status === "connecting" ? text.connecting : text.offline;
	return (
		<button
			type="button"
			class={`chip state ${tone}`}
			onClick={() => {
				till.screen.value = { kind: "state" };
			}}
		>
			<span class={`pill ${tone}`} role="status">
				{state}
				{waiting > 0 ? ` · ${text.waiting(waiting)}` : ""}
				{attention > 0 ? ` · ${text.attention(attention)}` : ""}
			</span>
		</button>
	);
}

function SearchField({ till }: { till: Till }) {
	const text = words.value;
	const ring = (): void => {
		const query = till.search.value.trim();
		if (query === "") return;
		const [best] = searchProducts(till.products.value, query);
		if (looksLikeCode(query) || !best) till.scan(query);
		else till.choose(best);
		till.search.value = "";
	};
	return (
		<search class="search">
			<Icon name="search" />
			<input
				id="search"
				class="input"
				type="text"
				inputmode="search"
				enterkeyhint="go"
				autocomplete="off"
				spellcheck={false}
				placeholder={text.search}
				aria-label={text.searchLabel}
				value={till.search.value}
				onInput={(event) => {
					till.search.value = event.currentTarget.value;
				}}
				onKeyDown={(event) => {
					if (event.key === "Enter") ring();
					if (event.key === "Escape") till.search.value = "";
				}}
			/>
			{till.search.value ? (
				<button
					type="button"
					class="button quiet icon-only"
					aria-label={text.clearSearch}
					onClick={() => {
						till.search.value = "";
					}}
				>
					<Icon name="close" />
				</button>
			) : null}
		</search>
	);
}

export function TopBar({ till }: { till: Till }) {
	const text = words.value;
	const { total, count } = till.today.value;
	const open = (kind: "refund" | "drawer" | "menu") => () => {
		till.screen.value = { kind };
	};
	return (
		<header class="top">
			<div class="who">
				<h1>{till.shop.value?.name ?? "Kassahub"}</h1>
				<span class="soft">{till.register}</span>
			</div>
			<SearchField till={till} />
			<div class="chip today">
				<span class="soft">{text.ownToday}</span>
				<strong>
					{euro(total)} <span class="soft">· {text.receipts(count)}</span>
				</strong>
			</div>
			<StateChip till={till} />
			<nav class="actions" aria-label={text.menu}>
				<button type="button" class="button quiet" onClick={open("refund")}>
					<Icon name="back" />
					{text.refund}
				</button>
				<button type="button" class="button quiet" onClick={open("drawer")}>
					<Icon name="drawer" />
					{text.drawer}
				</button>
				<Switches />
			</nav>
			<button type="button" class="button quiet icon-only menu" aria-label={text.menu} onClick={open("menu")}>
				<Icon name="list" />
			</button>
		</header>
	);
}

import type { ReadonlySignal } from "@preact/signals";
import { kitWords, language } from "../kit/language.ts";
import { Empty, Notice } from "../kit/notice.tsx";
import { Pairing } from "../kit/pairing.tsx";
import { Toasts } from "../kit/toast.tsx";
import { BasketPanel } from "./basket-panel.tsx";
import { DoneDialog } from "./done-dialog.tsx";
import { DrawerDialog } from "./drawer-dialog.tsx";
import { LineDialog } from "./line-dialog.tsx";
import { MenuDialog } from "./menu-dialog.tsx";
import { PayDialog } from "./pay-dialog.tsx";
import { ProductGrid } from "./product-grid.tsx";
import { RefundDialog } from "./refund-dialog.tsx";
import { StateDialog } from "./state-dialog.tsx";
import type { Till } from "./till.ts";
import { TopBar } from "./top-bar.tsx";
import { WeighDialog } from "./weigh-dialog.tsx";

export function App({ till, isTakenOver }: { till: Till; isTakenOver: ReadonlySignal<boolean> }) {
	const words = kitWords.value;
	if (isTakenOver.value) {
		return (
			<main class="pairing">
				<div>
					<Empty icon="list" title={words.otherTab} text={words.otherTabWhy}>
						<button type="button" class="button primary" onClick={() => location.reload()}>
							{words.useHere}
						</button>
					</Empty>
				</div>
			</main>
		);
	}
	if (till.live.status.value === "refused") return <Pairing app="register" isRefused={true} />;
	const alert = till.feed.alerts.value.find(({ severity }) => severity === "critical");
	return (
		<div class="till">
			<TopBar till={till} />
			{alert ? (
				<div class="till-alert">
					<Notice tone="bad" title={alert.message[language.value]} text={alert.remedy[language.value]} />
				</div>
			) : null}
			<ProductGrid till={till} />
			<BasketPanel till={till} />
			<OpenScreen till={till} />
			<Toasts />
		</div>
	);
}

function OpenScreen({ till }: { till: Till }) {
	const screen = till.screen.value;
	switch (screen?.kind) {
		case "weigh":
			return <WeighDialog key={screen.product.sku} till={till} product={screen.product} />;
		case "line":
			return <LineDialog till={till} lineKey={screen.key} />;
		case "pay":
			return <PayDialog till={till} />;
		case "done":
			return <DoneDialog till={till} sale={screen.sale} />;
		case "refund":
			return <RefundDialog till={till} />;
		case "drawer":
			return <DrawerDialog till={till} />;
		case "state":
			return <StateDialog till={till} />;
		case "menu":
			return <MenuDialog till={till} />;
		default:
			return null;
	}
}

import { effect, signal } from "@preact/signals";
import { createRest, RestRefused } from "../kit/rest.ts";
import type { OfficeSale, OfficeShop, OfficeStock, OfficeTurnover } from "./answers.ts";

const SALES_SHOWN = 16;
/** Each shop's own figures are asked one by one: with more shops than this only their totals are shown. */
const SHOPS_COMPARED_MAX = 20;
const STOCK_PAGE = 25;
const SEARCH_PAUSE_MS = 250;

/** The office's figures: asked again whenever the server says that some changed. */
export class OfficeWatch {
	readonly status = signal<"asking" | "live" | "away">("asking");
	readonly fault = signal("");
	/** undefined: all shops, and today. */
	readonly shop = signal<string | undefined>(undefined);
	readonly day = signal<string | undefined>(undefined);
	readonly shops = signal<readonly OfficeShop[] | undefined>(undefined);
	readonly turnover = signal<OfficeTurnover | undefined>(undefined);
	readonly byShop = signal<ReadonlyMap<string, OfficeTurnover>>(new Map());
	readonly sales = signal<readonly OfficeSale[] | undefined>(undefined);
	readonly stock = signal<OfficeStock | undefined>(undefined);
	readonly search = signal("");
	readonly #rest = createRest(undefined);
	#isAsking = false;
	#isStale = false;

	/** Follows the chosen shop and day, and the server's events. */
	follow(): void {
		effect(() => {
			this.shop.value;
			this.day.value;
			void this.refresh();
		});
		effect(() => {
			const query = this.search.value;
			const shop = this.shop.value;
			const timer = setTimeout(
				() => void this.#guarded(() => this.#lookAtStock(shop, query, undefined)),
				SEARCH_PAUSE_MS,
			);
			return () => clearTimeout(timer);
		});
		const events = new EventSource("/api/v1/live");
		events.addEventListener("open", () => void this.refresh());
		events.addEventListener("figures", () => void this.refresh());
		events.addEventListener("error", () => {
			this.status.value = "away";
		});
	}

	/** Asks for all figures; what changes while it asks makes it ask once more. */
	async refresh(): Promise<void> {
		if (this.#isAsking) {
			this.#isStale = true;
			return;
		}
		this.#isAsking = true;
		do {
			this.#isStale = false;
			await this.#guarded(() => this.#look());
		} while (this.#isStale);
		this.#isAsking = false;
	}

	async moreStock(): Promise<void> {
		const after = this.stock.value?.next;
		if (after) await this.#guarded(() => this.#lookAtStock(this.shop.value, this.search.value, after));
	}

	async #look(): Promise<void> {
		const scope = query({ shop: this.shop.value, day: this.day.value });
		const [{ shops }, turnover, { sales }] = await Promise.all([
			this.#rest.get<{ shops: OfficeShop[] }>("/shops"),
			this.#rest.get<OfficeTurnover>(`/turnover${scope}`),
			this.#rest.get<{ sales: OfficeSale[] }>(`/sales${query({ shop: this.shop.value, limit: String(SALES_SHOWN) })}`),
		]);
		this.shops.value = shops;
		this.turnover.value = turnover;
		this.sales.value = sales;
		if (shops.length > 1 && shops.length <= SHOPS_COMPARED_MAX) {
			const each = await Promise.all(
				shops.map(async ({ shop }) => {
					const own = await this.#rest.get<OfficeTurnover>(`/turnover${query({ shop, day: this.day.value })}`);
					return [shop, own] as const;
				}),
			);
			this.byShop.value = new Map(each);
		} else if (shops[0] && shops.length === 1) this.byShop.value = new Map([[shops[0].shop, turnover]]);
		if (this.stock.value && !this.stock.value.products.length) {
			await this.#lookAtStock(this.shop.value, this.search.value, undefined);
		}
		this.status.value = "live";
		this.fault.value = "";
	}

	async #lookAtStock(shop: string | undefined, search: string, after: string | undefined): Promise<void> {
		const asked = query({ shop, search: search || undefined, after, limit: String(STOCK_PAGE) });
		const page = await this.#rest.get<OfficeStock>(`/stock${asked}`);
		const before = after ? (this.stock.value?.products ?? []) : [];
		this.stock.value = { ...page, products: [...before, ...page.products] };
	}

	async #guarded(ask: () => Promise<void>): Promise<void> {
		try {
			await ask();
		} catch (error) {
			if (error instanceof RestRefused) {
				if (error.problem.status === 401) location.assign("/login");
				else this.fault.value = error.message;
			} else if (error instanceof TypeError) this.status.value = "away";
			else throw error;
		}
	}
}

function query(parameters: Record<string, string | undefined>): string {
	const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
	return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
}

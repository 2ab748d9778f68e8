import type { BookedSale } from "@kassahub/contracts/booked-sale.ts";
import type { Booking } from "@kassahub/contracts/booking.ts";
import type { CashMovement } from "@kassahub/contracts/cash-movement.ts";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { Rejection } from "@kassahub/contracts/rejection.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import type { Shop } from "@kassahub/contracts/shop.ts";
import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { uuidv7 } from "uuidv7";
import { euro } from "../kit/figures.ts";
import { connectLive, type Live } from "../kit/live.ts";
import { localDay, localTimestamp } from "../kit/local-time.ts";
import { createRest, type Rest } from "../kit/rest.ts";
import { say } from "../kit/toast.tsx";
import { topics } from "../kit/topics.ts";
import { addProduct, type Basket, EMPTY_BASKET, PIECE } from "./basket.ts";
import { completeSale, dueFor, type Tender } from "./checkout.ts";
import { Commands } from "./commands.ts";
import { Feed } from "./feed.ts";
import { Outbox, type OutboxItem } from "./outbox.ts";
import { PinPayments } from "./pin-payment.ts";
import { indexCodes, lookUp } from "./scan.ts";
import { type KeptSale, RegisterStore } from "./store.ts";
import { eventName } from "./words/nl.ts";
import { words } from "./words.ts";

export type Screen =
	| { kind: "weigh"; product: Product }
	| { kind: "line"; key: string }
	| { kind: "pay" }
	| { kind: "done"; sale: Sale }
	| { kind: "refund" }
	| { kind: "drawer" }
	| { kind: "state" }
	| { kind: "menu" };

const BASKET_KEY = "kassahub.register.basket";
const SALES_ASKED = 200;
const SEARCH_PAUSE_MS = 120;

/** One register at work: what it sells from, what it has sold, and its wire to the hub. */
export class Till {
	readonly register: string;
	readonly feed: Feed;
	readonly commands: Commands;
	readonly live: Live;
	readonly pin: PinPayments;
	readonly basket = signal<Basket>(readBasket());
	/** What stands in the search field. */
	readonly search = signal("");
	/** What the products are searched by: follows the field once its typist, or a scanner, pauses. */
	readonly query = signal("");
	readonly screen = signal<Screen | undefined>(undefined);
	readonly products = signal<readonly Product[]>([]);
	readonly shop = signal<Shop | undefined>(undefined);
	readonly sales = signal<readonly KeptSale[]>([]);
	readonly waiting = signal<readonly OutboxItem[]>([]);
	readonly attention = signal<readonly OutboxItem[]>([]);
	readonly codes = computed(() => indexCodes(this.products.value));
	readonly today = computed(() => {
		const day = localDay(new Date());
		const own = this.sales.value.filter(({ sale }) => sale.at.startsWith(day));
		return { count: own.length, total: own.reduce((sum, { sale }) => sum + sale.total, 0) };
	});
	readonly #store: RegisterStore;
	readonly #rest: Rest;
	readonly #outbox: Outbox;
	#catalogueVersion = 0;
	#isFetchingCatalogue = false;
	#isPaying = false;

	private constructor(credentials: Credentials, store: RegisterStore, outbox: Outbox) {
		this.register = credentials.username;
		this.#store = store;
		this.#outbox = outbox;
		this.#rest = createRest(credentials.token);
		this.feed = new Feed(this.register, {
			booking: (booking) => void this.#booked(booking),
			rejection: (rejection) => void this.#rejected(rejection),
			result: (result) => this.commands.answered(result),
			catalogue: ({ version }) => void this.#followCatalogue(version),
			payment: (reading) => this.pin.heard(reading),
		});
		this.live = connectLive({
			credentials,
			filters: this.feed.filters(),
			keepSession: true,
			onMessage: (topic, value) => this.feed.hear(topic, value),
		});
		this.commands = new Commands(this.live);
		this.pin = new PinPayments({
			rest: this.#rest,
			isLive: () => this.live.status.value === "live",
			storage: localStorage,
			stamp: () => this.#stamp(),
			tell: (fault) => say(words.value[fault], "bad"),
		});
	}

	/** Everything this device remembers is read before the wire opens: an answer may come with the first packet. */
	static async open(credentials: Credentials): Promise<Till> {
		const store = await RegisterStore.open(credentials.username);
		const [catalogue, sales, shop] = await Promise.all([store.catalogue(), store.sales(), store.shop()]);
		const opened: { till?: Till } = {};
		const outbox = await Outbox.open(
			store.outbox,
			async (item) => {
				if (opened.till) await opened.till.#publish(item);
			},
			() => {
				if (opened.till) opened.till.#showOutbox();
			},
		);
		const till = new Till(credentials, store, outbox);
		opened.till = till;
		till.products.value = forSale(catalogue.products);
		till.#catalogueVersion = catalogue.version;
		till.sales.value = sales;
		till.shop.value = shop;
		if (till.pin.isIn(sales.map(({ sale }) => sale))) till.#sold();
		if (till.pin.isLocked.value) till.screen.value = { kind: "pay" };
		till.#start();
		return till;
	}

	#publish({ kind, event }: OutboxItem): Promise<void> {
		return this.live.publish(kind === "sale" ? topics.sales(this.register) : topics.cash(this.register), event);
	}

	#start(): void {
		this.#showOutbox();
		effect(() => {
			localStorage.setItem(BASKET_KEY, JSON.stringify(this.basket.value));
		});
		effect(() => {
			const text = this.search.value;
			const follow = (): void => {
				this.query.value = text;
			};
			if (text === "") return follow();
			const timer = setTimeout(follow, SEARCH_PAUSE_MS);
			return () => clearTimeout(timer);
		});
		effect(() => {
			if (this.live.status.value === "live") untracked(() => void this.#connected());
			else {
				this.#outbox.disconnected();
				this.feed.lost();
			}
		});
		effect(() => {
			const paid = this.pin.paid.value;
			const isAllPaid = paid.length > 0 && dueFor(this.basket.value, "pin", paid).due === 0;
			if (isAllPaid && !this.pin.payment.value) untracked(() => void this.pay({ method: "pin" }));
		});
	}

	/** What a scanner or a typed code gives. */
	scan(code: string): void {
		const { screen } = this;
		if (screen.value && screen.value.kind !== "done") {
			say(words.value.finishFirst, "bad", "scan");
			return;
		}
		screen.value = undefined;
		const found = lookUp(this.codes.value, code);
		if (found.kind === "product") this.choose(found.product);
		else {
			const text = found.kind === "unknown-in-store" ? words.value.unknownInStore : words.value.unknownCode;
			say(text(found.code), "bad", "scan");
		}
	}

	/** Rings up a piece; what is weighed or measured first asks how much. */
	choose(product: Product): void {
		if (product.unit !== "pcs") this.screen.value = { kind: "weigh", product };
		else this.ringUp(product, PIECE, false);
	}

	ringUp(product: Product, quantity: number, isManualWeight: boolean): void {
		this.basket.value = addProduct(this.basket.value, product, quantity, uuidv7(), isManualWeight);
	}

	/** Completes the sale: on this device first, then the receipt screen, then the wire. */
	async pay(tender: Tender): Promise<void> {
		if (this.#isPaying || this.pin.isUnderWay.value || this.basket.value.lines.length === 0) return;
		this.#isPaying = true;
		try {
			const isLive = this.live.status.value === "live";
			const stamp = { ...this.#stamp(), ...(isLive ? {} : { receipt: "none" as const }) };
			const sale = completeSale(this.basket.value, tender, stamp, this.pin.paid.value);
			if (!(await this.#keep({ id: sale.id, queuedAt: Date.now(), kind: "sale", event: sale }))) return;
			this.sales.value = [{ id: sale.id, at: Date.now(), sale }, ...this.sales.value];
			this.#sold();
			this.screen.value = { kind: "done", sale };
			if (tender.method === "cash") this.#openDrawerUnlessHubDoes();
		} finally {
			this.#isPaying = false;
		}
	}

	async bookCash(type: CashMovement["type"], amount: number, reason: string): Promise<void> {
		const event: CashMovement = { ...this.#stamp(), type, amount, ...(reason ? { reason } : {}) };
		const isKept = await this.#keep({ id: event.id, queuedAt: Date.now(), kind: "cash", event });
		if (isKept) say(words.value.bookedCash(words.value.event[type], euro(amount)));
	}

	/** Whether it is stored on this device; where there is no room, the cashier hears of it and nothing has happened. */
	async #keep(item: OutboxItem): Promise<boolean> {
		try {
			await this.#outbox.add(item);
			return true;
		} catch (error) {
			if (!(error instanceof DOMException)) throw error;
			say(words.value.notStored, "bad");
			return false;
		}
	}

	dismiss(id: string): void {
		void this.#outbox.dismiss(id);
	}

	printer(): Shop["printers"][number] | undefined {
		return this.#best(this.shop.value?.printers ?? []);
	}

	terminal(): Shop["terminals"][number] | undefined {
		return this.#best(this.shop.value?.terminals ?? []);
	}

	/** Of the devices that serve this register one that is online before one that is not. */
	#best<T extends { device: string }>(served: readonly T[]): T | undefined {
		return served.find(({ device }) => this.feed.devices.value.get(device)?.state === "online") ?? served[0];
	}

	/** What was in the basket is sold, and so is what was paid for it. */
	#sold(): void {
		batch(() => {
			this.pin.sold();
			this.basket.value = EMPTY_BASKET;
		});
	}

	#openDrawerUnlessHubDoes(): void {
		const printers = this.shop.value?.printers ?? [];
		if (printers.some(({ receipts }) => receipts === "always")) return;
		const printer = this.printer();
		if (printer && this.live.status.value === "live")
			void this.commands.send(printer.device, { action: "open-drawer" });
	}

	#stamp(): { id: string; register: string; at: string } {
		return { id: uuidv7(), register: this.register, at: localTimestamp(new Date()) };
	}

	#showOutbox(): void {
		this.waiting.value = this.#outbox.waiting();
		this.attention.value = this.#outbox.needingAttention();
	}

	async #booked(booking: Booking): Promise<void> {
		this.pin.booked(booking);
		const item = await this.#outbox.booked(booking);
		const kept = this.sales.value.find(({ id }) => id === booking.id);
		if (kept) await this.#keepSales([{ ...kept, number: booking.number, hash: booking.hash }]);
		if (item && booking.flags.length > 0 && !booking.duplicate) say(words.value.flagged(booking.flags.join(", ")));
	}

	async #rejected(rejection: Rejection): Promise<void> {
		const item = await this.#outbox.rejected(rejection);
		if (item) say(words.value.rejected(words.value.event[eventName(item)]), "bad");
	}

	async #connected(): Promise<void> {
		this.#outbox.connected();
		void this.pin.connected();
		await retrying(async () => {
			const shop = await this.#rest.get<Shop>("/shop");
			this.shop.value = shop;
			await this.#store.keepShop(shop);
			const sales = await this.#rest.get<BookedSale[]>(`/sales?register=${this.register}&limit=${SALES_ASKED}`);
			await this.#keepSales(
				sales.map(({ id, number, hash, sale }) => ({ id, number, hash, sale, at: Date.parse(sale.at) })),
			);
		});
	}

	async #keepSales(sales: readonly KeptSale[]): Promise<void> {
		await this.#store.keepSales(sales);
		const byId = new Map(this.sales.value.map((sale) => [sale.id, sale]));
		for (const sale of sales) byId.set(sale.id, sale);
		this.sales.value = [...byId.values()].sort((a, b) => b.at - a.at);
	}

	/** Fetches what changed since our version; all of it where the hub's books are younger than ours. */
	async #followCatalogue(version: number): Promise<void> {
		if (version === this.#catalogueVersion || this.#isFetchingCatalogue) return;
		this.#isFetchingCatalogue = true;
		const isWhole = version < this.#catalogueVersion;
		await retrying(async () => {
			const since = isWhole ? 0 : this.#catalogueVersion;
			const fresh = await this.#rest.get<{ version: number; products: Product[] }>(`/catalogue?since=${since}`);
			await this.#store.keepCatalogue(fresh.version, fresh.products, isWhole);
			this.#catalogueVersion = fresh.version;
			this.products.value = forSale((await this.#store.catalogue()).products);
		});
		this.#isFetchingCatalogue = false;
	}
}

const forSale = (products: readonly Product[]): Product[] =>
	products.filter(({ active }) => active !== false).sort((a, b) => a.name.localeCompare(b.name, "nl"));

/** REST may fail while MQTT already stands; the next connect or version asks again. */
async function retrying(ask: () => Promise<void>): Promise<void> {
	for (const waitMs of [0, 1000, 4000]) {
		await new Promise((resolve) => setTimeout(resolve, waitMs));
		try {
			await ask();
			return;
		} catch (error) {
			if (!(error instanceof TypeError)) throw error;
		}
	}
}

function readBasket(): Basket {
	const text = localStorage.getItem(BASKET_KEY);
	return text ? (JSON.parse(text) as Basket) : EMPTY_BASKET;
}

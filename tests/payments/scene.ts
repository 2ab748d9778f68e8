import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BookedPayment } from "@kassahub/contracts/booked-payment.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import { uuidv7 } from "uuidv7";
import { type BenchMessage, movedCents } from "../../firmware-bridge/emulators/terminal-on-bench.ts";
import { pidOfPart } from "../part-process.ts";
import { saleNow } from "../sales.ts";
import { bearer, getJson, nowhere, Shop, until } from "../shop.ts";
import { PinRegister } from "./pin-register.ts";
import type { PinTerminal, Protocol } from "./protocols.ts";

/** box: hub and bridge at once, as by a power cut. */
export const victims = ["register", "hub", "bridge", "box", "link", "terminal"] as const;
export type Victim = (typeof victims)[number];
/** A message of a payment, and whether the blow falls before or after it. */
export type Moment = Pick<BenchMessage, "index" | "moment" | "name" | "direction">;

const TERMINAL = "pin-1";

/** What became of one payment. */
export type Ending = { status: PaymentOutcome["status"]; wasUnknown: boolean; struckAt: Moment | undefined };

/** A real shop with one register and one pin terminal, where anything can be struck down in the middle of a payment. */
export class Scene {
	readonly #shop: Shop;
	readonly #terminal: PinTerminal;
	readonly #register: PinRegister;
	/** What came of each payment, in cents of its own: by that a charge is known. */
	readonly #paid: number[] = [];
	#lastAmount = 1000;
	#bridgesKilled = 0;

	private constructor(shop: Shop, terminal: PinTerminal, register: PinRegister) {
		this.#shop = shop;
		this.#terminal = terminal;
		this.#register = register;
	}

	static async open(protocol: Protocol): Promise<Scene> {
		const terminal = await protocol.start();
		const shop = await Shop.create({ cloud: await nowhere(), devices: { [TERMINAL]: terminal.device } });
		await shop.start();
		const credentials = await shop.pair("register", "kassa-1");
		const register = new PinRegister(credentials, () => shop.running.mqttUrl);
		const scene = new Scene(shop, terminal, register);
		await scene.#untilOnline();
		return scene;
	}

	get log(): string {
		return this.#shop.log;
	}

	/** The messages of a payment that nothing happens to: where it can be struck. */
	async moments(): Promise<Moment[]> {
		// The first payment of all may be prepared in other ways than those after it.
		await this.pay();
		const moments: Moment[] = [];
		this.#terminal.bench.onMessage((message) => moments.push({ ...message }));
		await this.pay();
		await this.#untilOnline();
		this.#terminal.bench.onMessage(undefined);
		return moments;
	}

	/** One payment, during which a victim is struck down, and all that must hold when everyone is back. */
	async pay(blow?: { victim: Victim; at: Moment }): Promise<Ending> {
		const { bench } = this.#terminal;
		const amount = ++this.#lastAmount;
		let back: Promise<void> | undefined;
		let struckAt: Moment | undefined;
		if (blow) {
			const strike = this.#striker(blow.victim);
			bench.onMessage((message) => {
				if (back || message.index !== blow.at.index || message.moment !== blow.at.moment) return;
				struckAt = message;
				back = strike();
			});
		}
		const request = this.#register.request(TERMINAL, { type: "pay", amount });
		let outcome = await this.#register.outcomeOf(request);
		// A terminal may have a last word after the outcome is known.
		if (blow) await until("the blow", () => struckAt, 5000).catch(() => undefined);
		await back;
		if (blow) bench.onMessage(undefined);
		await this.#untilOnline();
		const wasUnknown = outcome.status === "unknown";
		if (wasUnknown) outcome = await this.#settle(request.id, amount);
		this.#check(outcome, amount);
		await this.#sell(outcome);
		await this.#checkNothingIsLeft();
		// A hub waits longer each time before it starts a bridge that ends again and again; a fresh one begins anew.
		if (blow?.victim === "bridge" && ++this.#bridgesKilled % 3 === 0) await this.#restart();
		return { status: outcome.status, wasUnknown, struckAt };
	}

	/** A payment that nothing happens to is taken, at the latest when it is asked once more. */
	async checkUsable(): Promise<void> {
		const endings = [await this.pay()];
		if (endings[0]?.status !== "approved") endings.push(await this.pay());
		if (endings.at(-1)?.status !== "approved") throw new Error(`not usable: ${JSON.stringify(endings)}`);
	}

	/** The day's end: the terminal, the journal and this test have counted the same money, and every chain holds. */
	async close(): Promise<void> {
		const outcome = await this.#register.outcomeOf(this.#register.request(TERMINAL, { type: "end-of-day" }));
		const sum = this.#paid.reduce((total, amount) => total + amount, 0);
		if (movedCents(this.#terminal.bench.charges) !== sum)
			throw new Error("the acquirer has other money than the books");
		if (outcome.totals?.terminal.amount !== sum || outcome.totals.journal.amount !== sum) {
			throw new Error(`the end of day says ${JSON.stringify(outcome)}, not ${sum}`);
		}
		await this.#shop.cli("journal", "verify");
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#register.close();
		await this.#shop[Symbol.asyncDispose]();
		await this.#terminal.bench.close();
	}

	async #restart(): Promise<void> {
		await this.#shop.stop();
		await this.#shop.start();
		await this.#untilOnline();
	}

	/** Makes ready to strike: the blow falls at once, and what it returns resolves when its victim is on its feet again. */
	#striker(victim: Victim): () => Promise<void> {
		const { bench } = this.#terminal;
		switch (victim) {
			case "register":
				return async () => this.#register.kill();
			case "link":
				return async () => {
					bench.cutLink();
					await new Promise((resolve) => setImmediate(resolve));
					await bench.restoreLink();
				};
			case "terminal":
				return () => bench.powerCycle();
			case "bridge": {
				const pid = this.#bridgePid();
				return async () => void process.kill(pid, "SIGKILL");
			}
			case "box": {
				const pid = this.#bridgePid();
				return async () => {
					process.kill(pid, "SIGKILL");
					await this.#shop.kill();
					await this.#shop.start();
				};
			}
			case "hub":
				return async () => {
					await this.#shop.kill();
					await this.#shop.start();
				};
		}
	}

	#bridgePid(): number {
		return pidOfPart(this.#shop.running.pid, "firmware-bridge/main.ts");
	}

	async #untilOnline(): Promise<void> {
		await until(
			"the terminal to be online",
			async () => {
				const devices = await this.#get<DeviceState[]>("/devices").catch(() => []);
				return devices.some(({ device, state }) => device === TERMINAL && state === "online") || undefined;
			},
			90_000,
		);
	}

	/** A person looks at the terminal, who never gets it wrong; unless its own late word is first. */
	async #settle(payment: string, amount: number): Promise<PaymentOutcome> {
		const wasPaid = this.#chargesOf(amount).length > 0;
		const { httpUrl, token } = this.#shop.running;
		const base = { id: uuidv7(), register: this.#register.name, at: new Date().toISOString(), terminal: TERMINAL };
		const outcome = wasPaid ? "approved" : "declined";
		const answer = await fetch(`${httpUrl}/api/v1/payments`, {
			method: "POST",
			headers: { ...bearer(token), "content-type": "application/json" },
			body: JSON.stringify({ ...base, type: "settle", payment, outcome, reason: "the terminal's own charges" }),
		});
		if (!answer.ok) throw new Error(`settling answered ${answer.status}: ${await answer.text()}`);
		return until("the settlement", async () => {
			const { state, outcome: settled } = await this.#get<BookedPayment>(`/payments/${payment}`);
			return state === "unknown" ? undefined : settled;
		});
	}

	/** Never two charges, never a charge without a booking, never a booking without a charge. */
	#check(outcome: PaymentOutcome, amount: number): void {
		const charges = this.#chargesOf(amount);
		const isApproved = outcome.status === "approved";
		if (charges.length !== (isApproved ? 1 : 0)) {
			throw new Error(`${charges.length} charges of ${amount}, and the outcome is ${JSON.stringify(outcome)}`);
		}
		if (isApproved && outcome.amount !== amount) throw new Error(`${amount} was charged, ${outcome.amount} is booked`);
		if (isApproved) this.#paid.push(amount);
	}

	async #sell({ status, payment, amount }: PaymentOutcome): Promise<void> {
		if (status !== "approved") return;
		const line = { sku: "4002", name: "Elstar", quantity: 1000, unit: "kg" as const, vatRate: 900 };
		const lines = [{ ...line, unitPrice: amount, total: amount }];
		const payments = [{ method: "pin" as const, amount, paymentId: payment }];
		const { flags } = await this.#register.sell(
			saleNow(this.#register.name, { lines, payments, rounding: 0, total: amount }),
		);
		const wrong = flags.filter((flag) => flag.startsWith("PAYMENT"));
		if (wrong.length > 0) throw new Error(`the sale is flagged ${wrong.join(" ")}`);
	}

	async #checkNothingIsLeft(): Promise<void> {
		const open = await this.#get<BookedPayment[]>(`/payments?terminal=${TERMINAL}`);
		if (open.length > 0) throw new Error(`left in doubt: ${JSON.stringify(open)}`);
		await until("the bridge to have nothing under way", () => {
			const file = join(this.#shop.dataDir, "bridge", "underway", `${TERMINAL}.json`);
			const { orders } = JSON.parse(readFileSync(file, "utf8")) as { orders: unknown[] };
			return orders.length === 0 || undefined;
		});
	}

	#chargesOf(amount: number) {
		return this.#terminal.bench.charges.filter((charge) => charge.amount === amount && !charge.isReversed);
	}

	#get<T>(path: string): Promise<T> {
		const { httpUrl, token } = this.#shop.running;
		return getJson<T>(`${httpUrl}/api/v1${path}`, token);
	}
}

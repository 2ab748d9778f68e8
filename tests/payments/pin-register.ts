import { type Booking, booking } from "@kassahub/contracts/booking.ts";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import { type PaymentRequest, paymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";
import { sale as saleMessage } from "@kassahub/contracts/sale.ts";
import mqtt from "mqtt";
import { uuidv7 } from "uuidv7";

type Bare<R> = R extends PaymentRequest ? Omit<R, "id" | "register" | "at" | "terminal"> : never;
export type Asked = Bare<PaymentRequest>;

const RECONNECT_MS = 50;

/**
 * A register that takes pin payments as docs/integrator.md says, by MQTT alone: what it has sent and not been answered
 * it sends again, with the same id, after it was killed or lost the hub. Killed, it forgets all but those messages.
 */
export class PinRegister {
	readonly name: string;
	readonly #url: () => string;
	readonly #credentials: Credentials;
	#client: mqtt.MqttClient | undefined;

	/** `url`: of the hub's broker, which may be another after a restart. */
	constructor(credentials: Credentials, url: () => string) {
		this.name = credentials.username;
		this.#credentials = credentials;
		this.#url = url;
	}

	/** A request with an id of its own. */
	request(terminal: string, asked: Asked): PaymentRequest {
		return { id: uuidv7(), register: this.name, at: new Date().toISOString(), terminal, ...asked };
	}

	/** Asks for something that has no outcome of its own: cancel, settle. */
	ask(request: PaymentRequest): Promise<Booking> {
		const topic = topicOf(paymentRequest, { register: this.name });
		return this.#insist(topic, request, ({ id, kind }) => id === request.id && kind === "payment");
	}

	/** Asks until there is an outcome, however often it has to: not an unknown one, where it may wait for the next. */
	async outcomeOf(request: PaymentRequest, mayBeUnknown = true): Promise<PaymentOutcome> {
		const topic = topicOf(paymentRequest, { register: this.name });
		const answer = await this.#insist(topic, request, ({ id, outcome }) => {
			return id === request.id && outcome !== undefined && (mayBeUnknown || outcome.status !== "unknown");
		});
		return answer.outcome as PaymentOutcome;
	}

	/** Sells until it is booked. */
	sell(sale: Sale): Promise<Booking> {
		const topic = topicOf(saleMessage, { register: this.name });
		return this.#insist(topic, sale, ({ id, kind }) => id === sale.id && kind === "sale");
	}

	/** As when its battery falls out; it starts again by itself. */
	kill(): void {
		this.#client?.stream.destroy();
	}

	async close(): Promise<void> {
		await this.#client?.endAsync(true);
		this.#client = undefined;
	}

	/** Publishes a message, again after each loss of the connection, until the hub answers it. */
	async #insist(topic: string, message: object, isAnswer: (booking: Booking) => boolean): Promise<Booking> {
		for (;;) {
			const client = await this.#connected();
			const { promise, resolve } = Promise.withResolvers<Booking | undefined>();
			const hear = (_: string, payload: Buffer): void => {
				const heard = JSON.parse(payload.toString()) as Booking;
				if (isAnswer(heard)) resolve(heard);
			};
			const lose = (): void => resolve(undefined);
			client.on("message", hear).on("close", lose);
			client.publish(topic, JSON.stringify(message), { qos: 1 });
			const answer = client.connected ? await promise : undefined;
			client.off("message", hear).off("close", lose);
			if (answer) return answer;
			this.#client = undefined;
		}
	}

	async #connected(): Promise<mqtt.MqttClient> {
		if (this.#client?.connected) return this.#client;
		for (;;) {
			const options = { ...this.#credentials, clean: true, reconnectPeriod: 0, connectTimeout: 2000 };
			const client = mqtt.connect(this.#url(), options);
			client.on("error", () => undefined);
			const isUp = await new Promise<boolean>((resolve) => {
				client.once("connect", () => resolve(true));
				client.once("close", () => resolve(false));
			});
			if (isUp) {
				const bookings = topicOf(booking, { register: this.name });
				const isSubscribed = await client.subscribeAsync(bookings, { qos: 1 }).then(
					() => true,
					() => false,
				);
				if (isSubscribed) {
					this.#client = client;
					return client;
				}
			}
			client.end(true);
			await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
		}
	}
}

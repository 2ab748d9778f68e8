import { DeviceError } from "../fault.ts";
import type { CardEvent, CardLink } from "../links/link.ts";
import type { EmulatedCard } from "./card.ts";

/** The field of an emulated reader, without a reader or pcscd: a link that cards are held to and taken from. */
export class CardField implements CardLink {
	readonly gone: Promise<DeviceError>;
	readonly identity = { model: "Emulated reader" };
	readonly #lose: (error: DeviceError) => void;
	#card: EmulatedCard | undefined;
	#take: (event: CardEvent) => void = () => undefined;

	constructor() {
		const { promise, resolve } = Promise.withResolvers<DeviceError>();
		this.gone = promise;
		this.#lose = resolve;
	}

	hold(card: EmulatedCard): void {
		this.#card = card;
		this.#take({ kind: "present", atr: card.atr });
	}

	take(): void {
		this.#card = undefined;
		this.#take({ kind: "removed" });
	}

	/** Something is there that can't be spoken with. */
	disturb(): void {
		this.#take({ kind: "unreadable", detail: "card is mute" });
	}

	watch(take: (event: CardEvent) => void): void {
		this.#take = take;
	}

	async transmit(apdu: Uint8Array): Promise<Uint8Array> {
		const answer = this.#card?.answer(apdu) ?? "gone";
		if (answer === "gone") this.take();
		if (typeof answer === "string") throw new DeviceError("DEVICE_UNREACHABLE", `the card is ${answer}`);
		return answer;
	}

	async close(): Promise<void> {
		this.#lose(new DeviceError("DEVICE_UNREACHABLE", "closed"));
	}
}

import type { Availability, AvailabilityTopic } from "./home-assistant-config.ts";

/** Whether a sensor is there, as its availability topics say. One that was never heard is not. */
export class Attendance {
	readonly #availability: Availability;
	readonly #said = new Map<AvailabilityTopic, boolean>();
	#latest = false;

	constructor(availability: Availability) {
		this.#availability = availability;
	}

	get topics(): string[] {
		return this.#availability.topics.map(({ topic }) => topic);
	}

	hear(topic: string, payload: string): void {
		for (const place of this.#availability.topics) {
			if (place.topic !== topic) continue;
			const rendered = place.template?.render(payload) ?? { kind: "text", text: payload };
			if (rendered.kind !== "text") continue;
			if (rendered.text !== place.available && rendered.text !== place.notAvailable) continue;
			this.#latest = rendered.text === place.available;
			this.#said.set(place, this.#latest);
		}
	}

	/** Whether what was heard so far settles it. */
	get isKnown(): boolean {
		const { mode, topics } = this.#availability;
		const said = topics.map((place) => this.#said.get(place));
		if (mode === "latest") return topics.length === 0 || this.#said.size > 0;
		return said.includes(mode === "any") || !said.includes(undefined);
	}

	get isThere(): boolean {
		const { mode, topics } = this.#availability;
		if (topics.length === 0) return true;
		if (mode === "latest") return this.#latest;
		const isSaid = (place: AvailabilityTopic) => this.#said.get(place) === true;
		return mode === "all" ? topics.every(isSaid) : topics.some(isSaid);
	}
}

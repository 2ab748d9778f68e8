import type { AedesPublishPacket } from "aedes";

type Level = { below: Map<string, Level>; packet: AedesPublishPacket | undefined };

const newLevel = (): Level => ({ below: new Map(), packet: undefined });

/**
 * Retained messages by topic, found for a filter by walking its levels. The bridge asks for hundreds of sensors at once,
 * and trying every filter on every topic would hold up the sales meanwhile.
 */
export class RetainedTopics {
	readonly #root = newLevel();

	get(topic: string): AedesPublishPacket | undefined {
		let level: Level | undefined = this.#root;
		for (const name of topic.split("/")) level = level?.below.get(name);
		return level?.packet;
	}

	set(topic: string, packet: AedesPublishPacket): void {
		let level = this.#root;
		for (const name of topic.split("/")) {
			const next = level.below.get(name) ?? newLevel();
			level.below.set(name, next);
			level = next;
		}
		level.packet = packet;
	}

	delete(topic: string): void {
		this.#delete(this.#root, topic.split("/"), 0);
	}

	#delete(level: Level, names: string[], index: number): void {
		const name = names[index];
		if (name === undefined) {
			level.packet = undefined;
			return;
		}
		const next = level.below.get(name);
		if (!next) return;
		this.#delete(next, names, index + 1);
		if (!next.packet && next.below.size === 0) level.below.delete(name);
	}

	/** MQTT 3.1.1 §4.7: `+` is any one level, `#` the parent and everything below. */
	*matching(filter: string): Generator<AedesPublishPacket> {
		yield* this.#matching(this.#root, filter.split("/"), 0);
	}

	*#matching(level: Level, names: string[], index: number): Generator<AedesPublishPacket> {
		const name = names[index];
		if (name === undefined || name === "#") {
			if (level.packet) yield level.packet;
			if (name === "#") for (const next of level.below.values()) yield* this.#matching(next, names, index);
			return;
		}
		if (name === "+") {
			for (const next of level.below.values()) yield* this.#matching(next, names, index + 1);
			return;
		}
		const next = level.below.get(name);
		if (next) yield* this.#matching(next, names, index + 1);
	}
}

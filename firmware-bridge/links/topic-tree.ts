type Level<T> = { below: Map<string, Level<T>>; here: Set<T> };

const newLevel = <T>(): Level<T> => ({ below: new Map(), here: new Set() });

/** Who listens to which topic filter (MQTT 3.1.1 §4.7), found by walking the topic's levels: not by trying every filter. */
export class TopicTree<T> {
	readonly #root: Level<T> = newLevel();

	/** True where nobody listened to the filter before. */
	add(filter: string, taker: T): boolean {
		let level = this.#root;
		for (const name of filter.split("/")) {
			const next = level.below.get(name) ?? newLevel<T>();
			level.below.set(name, next);
			level = next;
		}
		const isNew = level.here.size === 0;
		level.here.add(taker);
		return isNew;
	}

	/** True where nobody listens to the filter any more. */
	remove(filter: string, taker: T): boolean {
		return this.#remove(this.#root, filter.split("/"), taker);
	}

	#remove(level: Level<T>, [name, ...rest]: string[], taker: T): boolean {
		if (name === undefined) return level.here.delete(taker) && level.here.size === 0;
		const next = level.below.get(name);
		if (!next) return false;
		const isLast = this.#remove(next, rest, taker);
		if (next.here.size === 0 && next.below.size === 0) level.below.delete(name);
		return isLast;
	}

	/** Everyone who listens to a topic, once for each of their filters that match. */
	match(topic: string): T[] {
		const found: T[] = [];
		const levels = topic.split("/");
		const walk = (level: Level<T>, index: number): void => {
			found.push(...(level.below.get("#")?.here ?? []));
			if (index === levels.length) {
				found.push(...level.here);
				return;
			}
			for (const name of [levels[index] as string, "+"]) {
				const next = level.below.get(name);
				if (next) walk(next, index + 1);
			}
		};
		walk(this.#root, 0);
		return found;
	}
}

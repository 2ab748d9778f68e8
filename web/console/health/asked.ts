import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Rest, RestRefused } from "../../kit/rest.ts";

export type Asked<T> = { at: "asking" } | { at: "known"; value: T } | { at: "absent" } | { at: "failed"; last?: T };

/** What the hub answers to a question, asked again every so often while the page is in sight. */
export function useAsked<T>(rest: Rest, path: string, everyMs: number): Signal<Asked<T>> {
	const asked = useSignal<Asked<T>>({ at: "asking" });
	useEffect(() => {
		let isOver = false;
		const ask = async (): Promise<void> => {
			if (document.hidden && asked.value.at !== "asking") return;
			try {
				const value = await rest.get<T>(path);
				if (!isOver) asked.value = { at: "known", value };
			} catch (error) {
				if (!(error instanceof RestRefused || error instanceof TypeError)) throw error;
				const before = asked.value;
				if (isOver) return;
				if (error instanceof RestRefused && error.problem.status === 404) asked.value = { at: "absent" };
				else asked.value = { at: "failed", ...(before.at === "known" ? { last: before.value } : {}) };
			}
		};
		void ask();
		const timer = setInterval(() => void ask(), everyMs);
		return () => {
			isOver = true;
			clearInterval(timer);
		};
	}, [rest, path, everyMs]);
	return asked;
}

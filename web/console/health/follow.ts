import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Rest, RestRefused } from "../../kit/rest.ts";

export type Following<T> = {
	lines: readonly T[];
	status: "connecting" | "live" | "lost" | "refused";
};

const AGAIN_MS = 3000;
const DRAW_EVERY_MS = 200;

/** The last lines of an answer that goes on, drawn a few times a second; taken up again where the hub was away. */
export function useFollowed<T>(rest: Rest, path: string | undefined, kept: number): Signal<Following<T>> {
	const following = useSignal<Following<T>>({ lines: [], status: "connecting" });
	useEffect(() => {
		if (path === undefined) return;
		const over = new AbortController();
		let fresh: T[] = [];
		const draw = (): void => {
			if (fresh.length === 0) return;
			following.value = { status: "live", lines: [...following.value.lines, ...fresh].slice(-kept) };
			fresh = [];
		};
		const timer = setInterval(draw, DRAW_EVERY_MS);
		const follow = async (): Promise<void> => {
			while (!over.signal.aborted) {
				following.value = { lines: [], status: "connecting" };
				try {
					await rest.follow(path, (line) => fresh.push(JSON.parse(line) as T), over.signal);
				} catch (error) {
					if (error instanceof RestRefused) {
						following.value = { lines: [], status: "refused" };
						return;
					}
				}
				if (over.signal.aborted) return;
				draw();
				following.value = { ...following.value, status: "lost" };
				await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
			}
		};
		void follow();
		return () => {
			clearInterval(timer);
			over.abort();
		};
	}, [rest, path, kept]);
	return following;
}

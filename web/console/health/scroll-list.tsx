import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

const NEAR_END = 40;

/** Lines that grow at the end, and stay there unless the reader scrolled up. */
export function ScrollList({ label, count, children }: { label: string; count: number; children: ComponentChildren }) {
	const list = useRef<HTMLOListElement>(null);
	const isAtEnd = useRef(true);
	useEffect(() => {
		// What scrolls must be reached by keyboard too; not every browser sees to that itself.
		if (list.current) list.current.tabIndex = 0;
	}, []);
	useEffect(() => {
		if (isAtEnd.current) list.current?.scrollTo({ top: list.current.scrollHeight });
	});
	return (
		<ol
			ref={list}
			class="log"
			aria-label={label}
			hidden={count === 0}
			onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
				isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
			}}
		>
			{children}
		</ol>
	);
}

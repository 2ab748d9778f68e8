import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { kitWords } from "./language.ts";

/**
 * A modal dialog: the browser keeps the focus inside, and whoever opened it gets it back. Escape and the cross close it;
 * what carries `data-first` has the focus at the start.
 */
export function Dialog(props: { title: string; onClose: () => void; isWide?: boolean; children: ComponentChildren }) {
	const element = useRef<HTMLDialogElement>(null);
	useEffect(() => {
		const opener = document.activeElement;
		element.current?.showModal();
		element.current?.querySelector<HTMLElement>("[data-first]")?.focus();
		// A dialog that is taken away, rather than closed, gives nothing back by itself.
		return () => {
			if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
		};
	}, []);
	return (
		<dialog
			ref={element}
			class={props.isWide ? "dialog wide" : "dialog"}
			aria-label={props.title}
			onCancel={(event) => {
				event.preventDefault();
				props.onClose();
			}}
		>
			<header>
				<h2>{props.title}</h2>
				<button
					type="button"
					class="button quiet icon-only"
					aria-label={kitWords.value.close}
					onClick={() => props.onClose()}
				>
					<Icon name="close" />
				</button>
			</header>
			<div class="dialog-body">{props.children}</div>
		</dialog>
	);
}

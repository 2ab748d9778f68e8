import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { submitted } from "./submitted.ts";

type Props = { submit: string; send: () => Promise<void>; children: ComponentChildren };

/** Fields, why the hub would not take them, and the button that sends them. */
export function Form({ submit, send, children }: Props) {
	const fault = useSignal("");
	const isBusy = useSignal(false);
	return (
		<form
			class="stack"
			onSubmit={(event) => {
				event.preventDefault();
				void submitted({ fault, isBusy }, send);
			}}
		>
			{children}
			<FormFault text={fault.value} />
			<button type="submit" class="button primary large" disabled={isBusy.value}>
				{submit}
			</button>
		</form>
	);
}

export const FormFault = ({ text }: { text: string }) =>
	text ? (
		<p role="alert" class="bad-text">
			{text}
		</p>
	) : null;

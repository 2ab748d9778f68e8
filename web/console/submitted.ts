import type { Signal } from "@preact/signals";
import { faultWords } from "../kit/fault-words.ts";
import { kitWords } from "../kit/language.ts";
import { RestRefused } from "../kit/rest.ts";

/** Sends a form, and says in it why the hub would not take it. */
export async function submitted(
	{ fault, isBusy }: { fault: Signal<string>; isBusy: Signal<boolean> },
	send: () => Promise<void>,
): Promise<void> {
	fault.value = "";
	isBusy.value = true;
	try {
		await send();
	} catch (error) {
		if (error instanceof RestRefused) {
			const { sentence, remedy } = faultWords(error.problem.code);
			fault.value = `${sentence} ${remedy}`;
		} else if (error instanceof TypeError) fault.value = kitWords.value.unreachable;
		else throw error;
	} finally {
		isBusy.value = false;
	}
}

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { readCredentials, storeCredentials } from "./credentials.ts";
import { Doorstep } from "./doorstep.tsx";
import { faultWords } from "./fault-words.ts";
import { kitWords } from "./language.ts";
import { readCode, redeemCode } from "./redeem.ts";
import { RestRefused } from "./rest.ts";

/** Shown where a page has no credentials, or ones the hub no longer knows: how to get them, and where to put them. */
export function Pairing({ app, isRefused }: { app: "register" | "console"; isRefused: boolean }) {
	const words = kitWords.value;
	const text = useSignal("");
	const fault = useSignal("");
	const isBusy = useSignal(false);

	const pair = async (given: string): Promise<void> => {
		fault.value = "";
		isBusy.value = true;
		try {
			const code = readCode(given);
			const credentials = code ? await redeemCode(code) : readCredentials(given);
			if (credentials) {
				storeCredentials(app, credentials);
				location.reload();
				return;
			}
			fault.value = words.pasteInvalid;
		} catch (error) {
			if (error instanceof RestRefused) {
				const { sentence, remedy } = faultWords(error.problem.code);
				fault.value = `${sentence} ${remedy}`;
			} else if (error instanceof TypeError) fault.value = words.unreachable;
			else throw error;
		} finally {
			isBusy.value = false;
		}
	};

	// A tablet that scanned the code has it in its address, once.
	useEffect(() => {
		const code = location.hash.startsWith("#code=") ? readCode(location.hash) : undefined;
		if (!code) return;
		history.replaceState(null, "", location.pathname + location.search);
		void pair(code);
	}, []);

	return (
		<Doorstep title={isRefused ? words.refused : words.notPaired}>
			{isRefused ? <p>{words.refusedWhy}</p> : null}
			<p>{app === "register" ? words.notPairedRegister : words.notPairedConsole}</p>
			<form
				style={{ display: "grid", gap: "12px" }}
				onSubmit={(event) => {
					event.preventDefault();
					void pair(text.value);
				}}
			>
				<label class="field">
					<span>{words.codeLabel}</span>
					<input
						class="input code-input"
						inputmode="numeric"
						autocomplete="one-time-code"
						spellcheck={false}
						value={text.value}
						onInput={(event) => {
							text.value = event.currentTarget.value;
							fault.value = "";
						}}
					/>
					<small class="soft">{words.codeHint}</small>
				</label>
				{fault.value ? (
					<p role="alert" style={{ color: "var(--bad)" }}>
						{fault.value}
					</p>
				) : null}
				<button type="submit" class="button primary" disabled={isBusy.value || text.value.trim() === ""}>
					{words.pair}
				</button>
			</form>
		</Doorstep>
	);
}

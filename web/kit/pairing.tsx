import { useSignal } from "@preact/signals";
import { readCredentials, storeCredentials } from "./credentials.ts";
import { Wordmark } from "./icon.tsx";
import { kitWords } from "./language.ts";
import { Switches } from "./switches.tsx";

/** Shown where a page has no credentials, or ones the hub no longer knows: how to get them, and where to put them. */
export function Pairing({ app, isRefused }: { app: "register" | "console"; isRefused: boolean }) {
	const words = kitWords.value;
	const text = useSignal("");
	const isInvalid = useSignal(false);
	const [kind, name] = app === "register" ? ["register", "kassa-1"] : ["technician", "laptop"];
	return (
		<main class="pairing">
			<div>
				<div class="row">
					<Wordmark />
					<span style={{ flex: 1 }} />
					<Switches />
				</div>
				<h1>{isRefused ? words.refused : words.notPaired}</h1>
				{isRefused ? <p>{words.refusedWhy}</p> : null}
				<p>{app === "register" ? words.notPairedRegister : words.notPairedConsole}</p>
				{app === "register" ? <p>{words.notPairedElse}</p> : null}
				<code>{`npm run -s kassahub -- pair --kind ${kind} --name ${name}`}</code>
				<form
					style={{ display: "grid", gap: "12px" }}
					onSubmit={(event) => {
						event.preventDefault();
						const credentials = readCredentials(text.value);
						if (!credentials) {
							isInvalid.value = true;
							return;
						}
						storeCredentials(app, credentials);
						location.reload();
					}}
				>
					<label class="field">
						<span>{words.pasteLabel}</span>
						<textarea
							class="input"
							rows={4}
							spellcheck={false}
							value={text.value}
							onInput={(event) => {
								text.value = event.currentTarget.value;
								isInvalid.value = false;
							}}
						/>
					</label>
					{isInvalid.value ? (
						<p role="alert" style={{ color: "var(--bad)" }}>
							{words.pasteInvalid}
						</p>
					) : null}
					<button type="submit" class="button primary" disabled={text.value.trim() === ""}>
						{words.pair}
					</button>
				</form>
			</div>
		</main>
	);
}

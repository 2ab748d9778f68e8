import type { Credentials, PairingKind } from "@kassahub/contracts/credentials.ts";
import type { PairingCode } from "@kassahub/contracts/pairing-code.ts";
import { useSignal } from "@preact/signals";
import { encode } from "uqr";
import { Dialog } from "../kit/dialog.tsx";
import { clockTime } from "../kit/figures.ts";
import { kitWords } from "../kit/language.ts";
import { RestRefused } from "../kit/rest.ts";
import { say } from "../kit/toast.tsx";
import type { HubWatch } from "./hub-watch.ts";
import { words } from "./words.ts";

const KINDS: PairingKind[] = ["register", "technician", "sensor"];

export function PairDialog({ watch, onClose }: { watch: HubWatch; onClose: () => void }) {
	const text = words.value;
	const kind = useSignal<PairingKind>("register");
	const name = useSignal(freeName(watch));
	const fault = useSignal("");
	const made = useSignal<Credentials | PairingCode | undefined>(undefined);
	const pair = async (): Promise<void> => {
		fault.value = "";
		try {
			// A page is paired by a code; what has no screen is given its credentials.
			const path = kind.value === "sensor" ? "/pairings" : "/pairing-codes";
			made.value = await watch.rest.post<Credentials | PairingCode>(path, { kind: kind.value, name: name.value });
			await watch.look();
		} catch (error) {
			if (error instanceof RestRefused) fault.value = `${error.message}. ${error.problem.remedy ?? ""}`;
			else if (error instanceof TypeError) fault.value = kitWords.value.unreachable;
			else throw error;
		}
	};
	if (made.value && "code" in made.value) {
		return (
			<Dialog title={text.codeTitle(made.value.name)} onClose={onClose}>
				<Coded paired={made.value} />
			</Dialog>
		);
	}
	if (made.value) {
		return (
			<Dialog title={text.pairedTitle(made.value.username)} onClose={onClose}>
				<Paired credentials={made.value} />
			</Dialog>
		);
	}
	return (
		<Dialog title={text.pairTitle} onClose={onClose}>
			<form
				class="stack"
				onSubmit={(event) => {
					event.preventDefault();
					void pair();
				}}
			>
				<div class="row" role="radiogroup" aria-label={text.kindLabel}>
					{KINDS.map((one) => (
						<label key={one} class="button choice">
							<input
								type="radio"
								name="kind"
								checked={kind.value === one}
								onChange={() => {
									kind.value = one;
								}}
							/>
							{text.pairKind[one]}
						</label>
					))}
				</div>
				<label class="field">
					<span>{text.name}</span>
					<input
						class="input"
						data-first
						required
						pattern="[a-z0-9][a-z0-9\-]{0,31}"
						autocomplete="off"
						autocapitalize="off"
						spellcheck={false}
						value={name.value}
						onInput={(event) => {
							name.value = event.currentTarget.value;
						}}
					/>
					<small class="soft">{text.nameHint}</small>
				</label>
				{fault.value ? (
					<p role="alert" class="bad-text">
						{fault.value}
					</p>
				) : null}
				<button type="submit" class="button primary large">
					{text.pair}
				</button>
			</form>
		</Dialog>
	);
}

/** Six digits to type on the tablet, and the same as a link to scan. */
function Coded({ paired }: { paired: PairingCode }) {
	const { code, expiresAt, link } = paired;
	return (
		<>
			<p>{words.value.codeHow(clockTime(expiresAt))}</p>
			<p class="code-digits">{`${code.slice(0, 3)} ${code.slice(3)}`}</p>
			{link ? <QrCode content={link} /> : null}
			{link ? <code class="code">{link}</code> : null}
		</>
	);
}

/** The credentials of what has no screen, this once. */
function Paired({ credentials }: { credentials: Credentials }) {
	const text = words.value;
	const given = JSON.stringify(credentials);
	return (
		<>
			<p>{text.pairedSensor}</p>
			<code class="code">{given}</code>
			{navigator.clipboard ? (
				<button
					type="button"
					class="button"
					onClick={() => void navigator.clipboard.writeText(given).then(() => say(text.copied))}
				>
					{text.copy}
				</button>
			) : null}
		</>
	);
}

/** Black on white in any theme: scanners count on it. */
function QrCode({ content }: { content: string }) {
	const { size, data } = encode(content, { border: 3 });
	const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
	return (
		<svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={words.value.qr} shape-rendering="crispEdges">
			<rect width={size} height={size} fill="#fff" />
			<path d={path} fill="#000" />
		</svg>
	);
}

/** The next register's name that is not taken: kassa-1, kassa-2 … */
function freeName(watch: HubWatch): string {
	const taken = new Set(watch.pairings.value?.map(({ name }) => name));
	let number = 1;
	while (taken.has(`kassa-${number}`)) number++;
	return `kassa-${number}`;
}

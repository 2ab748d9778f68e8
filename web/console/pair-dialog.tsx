import type { Credentials, PairingKind } from "@kassahub/contracts/credentials.ts";
import { useSignal } from "@preact/signals";
import { encode } from "uqr";
import { pairingFragment } from "../kit/credentials.ts";
import { Dialog } from "../kit/dialog.tsx";
import { kitWords } from "../kit/language.ts";
import { RestRefused } from "../kit/rest.ts";
import { say } from "../kit/toast.tsx";
import type { HubWatch } from "./hub-watch.ts";
import { words } from "./words.ts";

const KINDS: PairingKind[] = ["register", "technician", "sensor"];
const pages: Partial<Record<PairingKind, string>> = { register: "/register/", technician: "/" };

export function PairDialog({ watch, onClose }: { watch: HubWatch; onClose: () => void }) {
	const text = words.value;
	const kind = useSignal<PairingKind>("register");
	const name = useSignal(freeName(watch));
	const fault = useSignal("");
	const made = useSignal<Credentials | undefined>(undefined);
	const pair = async (): Promise<void> => {
		fault.value = "";
		try {
			made.value = await watch.rest.post<Credentials>("/pairings", { kind: kind.value, name: name.value });
			await watch.look();
		} catch (error) {
			if (error instanceof RestRefused) fault.value = `${error.message}. ${error.problem.remedy ?? ""}`;
			else if (error instanceof TypeError) fault.value = kitWords.value.unreachable;
			else throw error;
		}
	};
	if (made.value) {
		return (
			<Dialog title={text.pairedTitle(made.value.username)} onClose={onClose}>
				<Paired credentials={made.value} page={pages[kind.value]} />
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

/** The credentials, this once: as a link and a QR code for a page, as JSON for anything else. */
function Paired({ credentials, page }: { credentials: Credentials; page: string | undefined }) {
	const text = words.value;
	const origin = useSignal(location.origin);
	const isLocal = /\/\/(localhost|127\.|\[::1\])/.test(origin.value);
	const given = page
		? `${origin.value.replace(/\/+$/, "")}${page}${pairingFragment(credentials)}`
		: JSON.stringify(credentials);
	return (
		<>
			<p>{page ? text.pairedHow : text.pairedSensor}</p>
			{page ? (
				<label class="field">
					<span>{text.address}</span>
					<input
						class="input"
						inputmode="url"
						value={origin.value}
						onInput={(event) => {
							origin.value = event.currentTarget.value;
						}}
					/>
					{isLocal ? <small class="warn-text">{text.addressHint}</small> : null}
				</label>
			) : null}
			{page ? <QrCode content={given} /> : null}
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

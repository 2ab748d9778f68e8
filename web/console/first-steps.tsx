import { useSignal } from "@preact/signals";
import { Icon } from "../kit/icon.tsx";
import type { HubWatch } from "./hub-watch.ts";
import { PairDialog } from "./pair-dialog.tsx";
import { ScanDialog } from "./scan-dialog.tsx";
import { words } from "./words.ts";

/** What a box that was just claimed still waits for; gone once a register is paired and a device is there. */
export function FirstSteps({ watch }: { watch: HubWatch }) {
	const text = words.value;
	const open = useSignal<"pair" | "scan" | undefined>(undefined);
	const close = (): void => {
		open.value = undefined;
	};
	const { pairings, devices } = { pairings: watch.pairings.value, devices: watch.devices.value };
	if (!pairings || !devices || !watch.may("change-pairings") || !watch.may("change-devices")) return null;
	const needsRegister = !pairings.some(({ kind }) => kind === "register");
	const needsDevice = devices.every((device) => device.class === "bridge");
	if (!needsRegister && !needsDevice && !open.value) return null;
	return (
		<section class="card">
			<h2>{text.firstSteps}</h2>
			<ul class="first-steps">
				{needsRegister ? (
					<li>
						<Icon name="basket" />
						<p class="grow">
							<strong>{text.firstRegister}</strong> <span class="soft">{text.firstRegisterText}</span>
						</p>
						<button
							type="button"
							class="button primary"
							onClick={() => {
								open.value = "pair";
							}}
						>
							{text.pairNew}
						</button>
					</li>
				) : null}
				{needsDevice ? (
					<li>
						<Icon name="printer" />
						<p class="grow">
							<strong>{text.firstDevice}</strong> <span class="soft">{text.firstDeviceText}</span>
						</p>
						<button
							type="button"
							class="button primary"
							onClick={() => {
								open.value = "scan";
							}}
						>
							{text.scan}
						</button>
					</li>
				) : null}
			</ul>
			{open.value === "pair" ? <PairDialog watch={watch} onClose={close} /> : null}
			{open.value === "scan" ? <ScanDialog watch={watch} onClose={close} /> : null}
		</section>
	);
}

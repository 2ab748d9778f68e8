import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import { useSignal } from "@preact/signals";
import { faultWords } from "../kit/fault-words.ts";
import { clockSeconds, dayAndTime } from "../kit/figures.ts";
import { Icon, type IconName } from "../kit/icon.tsx";
import { kitWords } from "../kit/language.ts";
import { Empty, Loading, Pill, type Tone } from "../kit/notice.tsx";
import { RestRefused } from "../kit/rest.ts";
import { say } from "../kit/toast.tsx";
import { DeviceDialog } from "./health/device-dialog.tsx";
import { healthWords } from "./health/words.ts";
import type { HubWatch } from "./hub-watch.ts";
import { ScanDialog } from "./scan-dialog.tsx";
import { words } from "./words.ts";

const icons: Record<DeviceState["class"], IconName> = {
	printer: "printer",
	scale: "scale",
	terminal: "card",
	nfc: "badge",
	scanner: "barcode",
	display: "display",
	sensor: "sensor",
	bridge: "hub",
};
const tones: Record<DeviceState["state"], Tone> = {
	online: "good",
	connecting: "warn",
	degraded: "bad",
	offline: "bad",
};
const WAIT_MS = 10_000;

type Action = "open-drawer" | "self-test" | "zero";
const actions: Record<DeviceState["class"], Action[]> = {
	printer: ["self-test", "open-drawer"],
	scale: ["self-test", "zero"],
	terminal: ["self-test"],
	nfc: ["self-test"],
	scanner: ["self-test"],
	display: ["self-test"],
	sensor: ["self-test"],
	bridge: [],
};

async function command(watch: HubWatch, device: string, action: Action): Promise<void> {
	const about = `${device} ${action}`;
	say(words.value.sending, "plain", about);
	try {
		const answer = await watch.rest.post<Result | { id: string }>(`/devices/${device}/commands?wait=${WAIT_MS}`, {
			action,
		});
		if (!("status" in answer)) say(words.value.noAnswer(device), "bad", about);
		else if (answer.status === "done") say(words.value.done(device), "plain", about);
		else {
			const { sentence, remedy } = faultWords(answer.fault?.code ?? "COMMAND_INTERRUPTED");
			say(`${device}: ${sentence} ${remedy}`, "bad", about);
		}
	} catch (error) {
		if (error instanceof RestRefused) {
			const { sentence, remedy } = faultWords(error.problem.code);
			say(`${sentence} ${remedy}`, "bad", about);
		} else if (error instanceof TypeError) say(kitWords.value.unreachable, "bad", about);
		else throw error;
	}
}

function Device({ watch, device }: { watch: HubWatch; device: DeviceState }) {
	const text = words.value;
	const labels: Record<Action, string> = {
		"open-drawer": text.openDrawer,
		"self-test": device.class === "printer" ? text.testReceipt : text.selfTest,
		zero: text.zero,
	};
	const fault = device.fault ? faultWords(device.fault.code) : undefined;
	const details = [
		device.model,
		device.paper ? text.paper[device.paper] : undefined,
		device.cover === "open" ? text.cover.open : undefined,
		device.drawerIsOpen === undefined ? undefined : text.drawer[device.drawerIsOpen ? "open" : "closed"],
		device.battery === undefined ? undefined : text.battery(device.battery),
		device.signal ? text.signal(device.signal.value, device.signal.unit) : undefined,
		device.reconnects ? text.reconnects(device.reconnects) : undefined,
		device.firmware,
		device.serialNumber,
		device.nextAttemptAt ? text.nextAttempt(clockSeconds(device.nextAttemptAt)) : undefined,
	].filter(Boolean);
	const isOpen = useSignal(false);
	const about = (
		<div class="device-text">
			<p class="device-name">
				<strong>{device.device}</strong>
				<Pill tone={tones[device.state]}>{text.state[device.state]}</Pill>
				<span class="soft">{text.since(dayAndTime(device.since))}</span>
			</p>
			<p class="soft small">
				{text.class[device.class]} · {device.driver} · <span class="link">{device.link}</span>
			</p>
			{details.length > 0 ? <p class="small">{details.join(" · ")}</p> : null}
			{fault ? (
				<p class="device-fault">
					<strong>{fault.sentence}</strong> {fault.remedy}
					{device.fault?.detail ? <small class="soft"> {device.fault.detail}</small> : null}
				</p>
			) : null}
		</div>
	);
	const buttons = actions[device.class].map((action) => (
		<button
			key={action}
			type="button"
			class="button"
			disabled={device.state === "offline"}
			onClick={() => void command(watch, device.device, action)}
		>
			{labels[action]}
		</button>
	));
	return (
		<li class="device">
			<Icon name={icons[device.class]} />
			{about}
			<div class="device-actions">
				{buttons}
				<button
					type="button"
					class="button"
					aria-label={healthWords.value.detailsOf(device.device)}
					onClick={() => {
						isOpen.value = true;
					}}
				>
					{healthWords.value.details}
				</button>
			</div>
			{isOpen.value ? (
				<DeviceDialog
					watch={watch}
					device={device.device}
					onClose={() => {
						isOpen.value = false;
					}}
				>
					{about}
					<div class="row">{buttons}</div>
				</DeviceDialog>
			) : null}
		</li>
	);
}

export function DevicesSection({ watch }: { watch: HubWatch }) {
	const text = words.value;
	const devices = watch.devices.value;
	const isScanning = useSignal(false);
	return (
		<section class="card">
			<div class="card-head">
				<h2>{text.devices}</h2>
				<button
					type="button"
					class="button"
					onClick={() => {
						isScanning.value = true;
					}}
				>
					<Icon name="search" />
					{text.scan}
				</button>
			</div>
			{devices === undefined ? <Loading /> : null}
			{devices?.length === 0 ? <Empty icon="printer" title={text.noDevices} text={text.noDevicesText} /> : null}
			<ul>
				{devices?.map((device) => (
					<Device key={device.device} watch={watch} device={device} />
				))}
			</ul>
			{isScanning.value ? (
				<ScanDialog
					watch={watch}
					onClose={() => {
						isScanning.value = false;
					}}
				/>
			) : null}
		</section>
	);
}

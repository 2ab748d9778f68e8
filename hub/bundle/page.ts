import type { LogLine } from "@kassahub/contracts/log-line.ts";
import type { Told } from "./findings.ts";

const LINES_SHOWN = 300;
const FRAMES_SHOWN = 60;

const style = `body{font:15px/1.45 system-ui,sans-serif;margin:0 auto;max-width:1100px;padding:24px;color:#1c1915;background:#fff}
h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:28px 0 8px}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid #d8d1c6}th{font-weight:600;color:#5a5348}
pre{overflow-x:auto;background:#f5f2ed;padding:10px;font-size:12.5px;margin:0}.bad{color:#a81b1b;font-weight:600}.soft{color:#5a5348}
@media(prefers-color-scheme:dark){body{background:#1a1814;color:#f4efe7}th,.soft{color:#b7ad9f}pre{background:#24211c}td,th{border-color:#38332b}.bad{color:#ff9d93}}`;

/** The bundle's first page: all that matters at a glance, without a script and without the box. */
export function bundlePage(told: Told): string {
	const { box, journal, versions, devices, alerts, histories } = told;
	const faults = journal.verification?.faults.length;
	const byDevice = new Map(histories.map((history) => [history.device, history]));
	const sections = [
		section("Alerts", [
			table(
				["alert", "about", "severity", "since", "what to do"],
				alerts.map(({ code, subject, severity, state, since, clearedAt, message, remedy, detail }) => [
					`<b>${text(code)}</b><br>${text(message.en)}${detail ? ` ${text(detail)}` : ""}`,
					text(subject),
					state === "raised" ? `<span class="bad">${severity}</span>` : `${severity}, cleared`,
					text(`${since}${clearedAt ? ` to ${clearedAt}` : ""}`),
					text(remedy.en),
				]),
			),
		]),
		section("Devices", [
			table(
				["device", "state", "since", "driver and link", "firmware, serial", "last day"],
				devices.map((device) => {
					const { up, reconnects, errors } = byDevice.get(device.device) ?? { reconnects: 0, errors: 0 };
					return [
						`<b>${text(device.device)}</b><br>${text(device.model ?? device.class)}`,
						`<span class="${device.state === "online" ? "" : "bad"}">${device.state}</span>${device.fault ? `<br>${text(`${device.fault.code} ${device.fault.detail ?? ""}`)}` : ""}`,
						text(device.since),
						text(`${device.driver} ${device.link}`),
						text([device.firmware, device.serialNumber].filter(Boolean).join(", ")),
						text(
							`${up === undefined ? "" : `${Math.round(up * 1000) / 10} % online, `}${reconnects} reconnects, ${errors} errors`,
						),
					];
				}),
			),
		]),
		section("Box", [`<pre>${text(JSON.stringify(box, null, 2))}</pre>`]),
		section("Journal", [
			`<p>Head: no. ${journal.head?.number ?? "?"} <code>${text(journal.head?.hash ?? "")}</code></p>`,
			faults === undefined
				? `<p class="bad">Not verified: ${text(journal.fault ?? "")}</p>`
				: `<p class="${faults ? "bad" : ""}">Verified: ${journal.verification?.entries} entries, ${faults} faults, sealed to no. ${journal.verification?.sealedTo}</p>`,
			faults ? `<pre>${text(JSON.stringify(journal.verification?.faults, null, 2))}</pre>` : "",
			`<p>Quarantine: ${told.quarantine.filter(({ resolvedAt }) => resolvedAt === null).length} wait to be repaired.</p>`,
		]),
		section("Settings", [`<pre>${text(JSON.stringify(told.config, null, 2))}</pre>`]),
		section(
			"Frames",
			[...told.traces].map(
				([device, frames]) =>
					`<details><summary>${text(device)}: ${frames.length} frames</summary><pre>${text(
						frames
							.slice(-FRAMES_SHOWN)
							.map((frame) => JSON.stringify(frame))
							.join("\n"),
					)}</pre></details>`,
			),
		),
		section(`Log, the last ${LINES_SHOWN} lines; all of it is in logs.ndjson`, [
			`<pre>${text(told.logs.slice(-LINES_SHOWN).map(logWords).join("\n"))}</pre>`,
		]),
	];
	return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Kassahub ${text(String(told.at))}</title><style>${style}</style>
<h1>Kassahub: ${text(String((told.config.shop as { id: string }).id))}</h1>
<p class="soft">${text(told.at)} · ${text(
		Object.entries(versions)
			.map(([name, version]) => `${name} ${version}`)
			.join(" · "),
	)}</p>
<p class="soft">Secrets, people, receipts and cards were left out when this was made.</p>
${sections.join("\n")}</html>\n`;
}

const section = (title: string, parts: readonly string[]): string =>
	`<h2>${text(title)}</h2>${parts.length > 0 ? parts.join("\n") : "<p>None.</p>"}`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
	rows.length === 0
		? "<p>None.</p>"
		: `<table><tr>${head.map((cell) => `<th>${text(cell)}</th>`).join("")}</tr>${rows
				.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`)
				.join("")}</table>`;

function logWords(line: string): string {
	const { time, level, part, msg = "", ...rest } = JSON.parse(line) as LogLine;
	const more = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : "";
	return `${new Date(time).toISOString()} ${level} ${part}: ${msg}${more}`;
}

const text = (words: string): string => words.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

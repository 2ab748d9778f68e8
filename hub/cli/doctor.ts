import {
	checkClock,
	checkConfig,
	checkConfigInUse,
	checkDataFolder,
	checkJournal,
	checkNode,
	checkPages,
	checkPort,
	checkSerialPorts,
	type Finding,
} from "./checks.ts";
import { type CliCommand, CliFault, print, say } from "./command.ts";
import { RunningHub } from "./running-hub.ts";

const marks = { good: "good     ", attention: "attention", bad: "BAD      " };

export const doctor: CliCommand = {
	words: "doctor",
	summary: "Look for what keeps this hub from working: a line a check, with what to do about it",
	options: { json: { type: "boolean", description: "Also print the findings as JSON" } },
	async run({ options }) {
		const findings = await findAll();
		for (const { status, check, detail, remedy } of findings) {
			say(`${marks[status]}  ${check}: ${detail}${remedy ? `. ${remedy}` : ""}`);
		}
		if (options.json) print(findings);
		return findings.some(({ status }) => status === "bad") ? 1 : 0;
	},
};

async function findAll(): Promise<Finding[]> {
	const { findings: config, settings } = checkConfig();
	const { hub, finding: answering } = await findHub();
	const findings = [checkNode(), checkDataFolder(), ...config, answering];
	if (settings) {
		findings.push(
			await checkPort("http", settings.httpPort, hub),
			await checkPort("mqtt", settings.mqttPort, hub),
			...(settings.config.cloud ? [] : [await checkPort("office", settings.officePort, hub)]),
		);
	}
	const known = new Set(config.map(({ check }) => check));
	// A device whose entry cannot even be read is told of once.
	findings.push(...(await checkConfigInUse(hub)).filter(({ check }) => check === "config" || !known.has(check)));
	findings.push(checkJournal(), checkClock(), checkPages());
	if (settings) findings.push(...checkSerialPorts(settings));
	return findings;
}

async function findHub(): Promise<{ hub?: RunningHub; finding: Finding }> {
	try {
		const hub = await RunningHub.find();
		const detail = hub ? `runs at ${hub.url}` : "does not run";
		return { ...(hub ? { hub } : {}), finding: { check: "hub", status: "good", detail, remedy: "" } };
	} catch (error) {
		if (!(error instanceof CliFault)) throw error;
		return { finding: { check: "hub", status: "bad", detail: error.message, remedy: "Restart the hub." } };
	}
}

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type CliCommand, CliFault, say } from "./command.ts";
import { RunningHub } from "./running-hub.ts";

export const bundle: CliCommand = {
	words: "bundle",
	summary: "Write a ZIP file for a technician: devices, alerts, journal check, settings and logs, without secrets",
	options: { to: { type: "string", value: "FILE", isRequired: true, description: "Where to: kassahub.zip" } },
	async run({ options }) {
		const hub = await RunningHub.find();
		if (!hub)
			throw new CliFault("No hub runs here. Its logs are in logs/ of the data folder; kassahub doctor says more.");
		const file = resolve(String(options.to));
		const bytes = await hub.download("/bundle");
		try {
			writeFileSync(file, bytes, { mode: 0o600 });
		} catch (error) {
			throw new CliFault(`${file} cannot be written: ${(error as Error).message}`);
		}
		say(`${file}: unpack it and open index.html.`);
		return 0;
	},
};

import { backup, restore } from "./backup.ts";
import { bundle } from "./bundle.ts";
import { catalogueImport } from "./catalogue.ts";
import type { CliCommand } from "./command.ts";
import { devices, devicesScan, devicesTest, devicesTrace } from "./devices.ts";
import { doctor } from "./doctor.ts";
import { journalExport, journalRebuild, journalVerify } from "./journal.ts";
import { pair } from "./pair.ts";
import { decode, demo, start } from "./program.ts";
import { quarantineList, quarantineReplay } from "./quarantine.ts";

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [
	start,
	pair,
	devices,
	devicesScan,
	devicesTest,
	devicesTrace,
	decode,
	doctor,
	bundle,
	catalogueImport,
	quarantineList,
	quarantineReplay,
	journalVerify,
	journalExport,
	journalRebuild,
	backup,
	restore,
	demo,
];

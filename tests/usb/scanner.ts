import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { connect } from "../../firmware-bridge/drivers/connected.testing.ts";
import { evdevScanner } from "../../firmware-bridge/drivers/scanners/evdev-scanner.ts";
import { openEvdev } from "../../firmware-bridge/links/evdev.ts";
import { check, until } from "./checks.ts";
import { Gadget } from "./gadget.ts";

const BY_ID = "/dev/input/by-id";
const words = { manufacturer: "Honeywell", product: "1900", serialNumber: "HW7" };

/** A boot keyboard's report descriptor (HID 1.11, appendix B.1): eight modifiers, a spare byte, six keys. */
const KEYBOARD = Buffer.from(
	"05010906a101050719e029e71500250175019508810295017508810395067508150025650507190029658100c0",
	"hex",
);

const ENTER = 0x28;

/** The usage of a key (HID usage tables, page 07): 1 to 9 and then 0 from 1E on. */
const usageOf = (digit: string): number => (digit === "0" ? 0x27 : 0x1d + Number(digit));

/** A scanner types a code: each key down and up again. */
function type(code: string): void {
	for (const usage of [...[...code].map(usageOf), ENTER]) {
		writeFileSync("/dev/hidg0", Buffer.from([0, 0, usage, 0, 0, 0, 0, 0]));
		writeFileSync("/dev/hidg0", Buffer.alloc(8));
	}
}

export async function checkScanner(): Promise<void> {
	const gadget = new Gadget("hid", [0x0c2e, 0x0200], words, {
		protocol: "1",
		subclass: "1",
		report_length: "8",
		report_desc: KEYBOARD,
	});
	let path = "";
	await check("a scanner that types gets a name of its own under /dev/input/by-id", async () => {
		gadget.plugIn();
		const name = await until(() => existsSync(BY_ID) && readdirSync(BY_ID).find((link) => link.endsWith("event-kbd")));
		await until(() => existsSync("/dev/hidg0"));
		path = `${BY_ID}/${name}`;
		return name;
	});
	const settings = { suffix: "enter", duplicateMs: 300, rules: [] };
	const connected = await connect(evdevScanner, `evdev://${path}`, settings);
	await check("a code is read from the kernel's own input events", async () => {
		type("8712345000011");
		await connected.witness.untilReading("scan", ({ text }) => text === "8712345000011");
	});
	await check("nobody else gets what it types", () =>
		assert.rejects(
			openEvdev({ path }, () => undefined),
			{ code: "SCANNER_NOT_GRABBED" },
		),
	);
	await check("the plug pulled: the link is gone", async () => {
		gadget.unplug();
		const reason = await connected.link.gone;
		assert.equal(reason.code, "DEVICE_UNREACHABLE");
		await connected.link.close();
		return reason.detail;
	});
}

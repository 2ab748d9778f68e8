import { Type } from "typebox";
import { Silence } from "../../silence.ts";
import { defineScanner } from "../define.ts";
import { WireError } from "../wire.ts";
import { decodeEvent, type InputEvent, Keyboard, splitEvents } from "./evdev-codec.ts";
import { SCAN_BYTES_MAX, Scans, scanSettings } from "./scans.ts";

const Settings = Type.Object(
	{
		suffix: Type.Enum(["enter", "none"], {
			default: "enter",
			description:
				"What the scanner is set to type behind a code: Enter or Tab, or nothing. none: 100 ms of silence end it",
		}),
		...scanSettings,
	},
	{ additionalProperties: false },
);

const END_MS = 100;
const CUT_OFF_MS = 1000;

export const evdevScanner = defineScanner({
	name: "scanner-hid",
	title: "Barcode scanners that type like a US keyboard (USB HID keyboard)",
	provenOn: "emulator, and a USB keyboard that a Linux kernel plays",
	schemes: ["evdev"],
	settings: Settings,
	wire: {
		frames: () => splitEvents(),
		explain(frame, direction) {
			const event = decodeEvent(frame);
			if (direction === "out") throw new WireError("nothing is ever sent to a scanner");
			if (!event) throw new WireError("an input event has 24 bytes, or 16");
			const stroke = new Keyboard().push(event);
			return { ...event, ...(stroke ? { stroke } : {}) };
		},
	},
	async open(link, settings, report) {
		const scans = new Scans(report, settings);
		const splitter = splitEvents();
		const keyboard = new Keyboard();
		const gapMs = settings.suffix === "none" ? END_MS : CUT_OFF_MS;
		let text = "";
		let spoiledBy: string | undefined;
		let lastKeyMs = 0;

		const end = (): void => {
			if (spoiledBy !== undefined) scans.tellSpoiled(text, spoiledBy);
			else if (text !== "") scans.tell(text);
			text = "";
			spoiledBy = undefined;
		};
		const endBySilence = (): void => {
			if (settings.suffix === "enter" && text !== "") spoiledBy ??= "no Enter came behind the code: is its suffix set?";
			end();
		};
		const take = (event: InputEvent): void => {
			const stroke = keyboard.push(event);
			if (!stroke) return;
			// By the kernel's stamps: this program may be late, the keys were not.
			if (event.atMs - lastKeyMs > gapMs) endBySilence();
			lastKeyMs = event.atMs;
			if (stroke.kind === "end") end();
			else if (stroke.kind === "lost") spoiledBy ??= stroke.detail;
			else if (text.length < SCAN_BYTES_MAX) text += stroke.character;
			else spoiledBy ??= "longer than any code";
		};
		const silence = new Silence(gapMs, endBySilence);
		link.listen((bytes) => {
			for (const frame of splitter.push(bytes)) {
				const event = decodeEvent(frame);
				if (event) take(event);
			}
			silence.heard();
		});
		return {
			watch: async () => {
				await link.gone;
				silence.stop();
			},
			perform: async () => scans.selfTest(),
		};
	},
});

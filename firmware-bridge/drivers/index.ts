import { cd5220 } from "./displays/cd5220.ts";
import { escposDisplay } from "./displays/escpos-display.ts";
import type { Driver } from "./driver.ts";
import { pcsc } from "./nfc/nfc.ts";
import { escpos } from "./printers/escpos.ts";
import { cas } from "./scales/cas.ts";
import { dialog06 } from "./scales/dialog06.ts";
import { mtSics } from "./scales/mt-sics.ts";
import { nci } from "./scales/nci.ts";
import { toledo8217 } from "./scales/toledo8217.ts";
import { evdevScanner } from "./scanners/evdev-scanner.ts";
import { serialScanner } from "./scanners/serial-scanner.ts";
import { homeAssistant } from "./sensors/home-assistant.ts";
import { shelfNode } from "./sensors/shelf-node.ts";
import { shelly } from "./sensors/shelly.ts";
import { sparkplug } from "./sensors/sparkplug.ts";
import { nexo } from "./terminals/nexo.ts";
import { opi } from "./terminals/opi.ts";
import { zvt } from "./terminals/zvt.ts";

/** Every driver there is. Listed, never found by scanning a folder. */
export const drivers: readonly Driver[] = [
	escpos,
	toledo8217,
	dialog06,
	mtSics,
	cas,
	nci,
	opi,
	nexo,
	zvt,
	serialScanner,
	evdevScanner,
	cd5220,
	escposDisplay,
	pcsc,
	homeAssistant,
	sparkplug,
	shelly,
	shelfNode,
];
